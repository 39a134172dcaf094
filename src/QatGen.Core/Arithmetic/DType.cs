namespace QatGen;

/// <summary>Integer element types. All are symmetric with zero point 0 (NUMERICS section 1).</summary>
public enum DType
{
    QInt8,
    QInt16,
    QInt32,
}

public static class DTypeExtensions
{
    public static int Min(this DType type) => type switch { DType.QInt8 => sbyte.MinValue, DType.QInt16 => short.MinValue, _ => int.MinValue };

    public static int Max(this DType type) => type switch { DType.QInt8 => sbyte.MaxValue, DType.QInt16 => short.MaxValue, _ => int.MaxValue };

    /// <summary>The largest magnitude a value of the type can have.</summary>
    public static long Bound(this DType type) => -(long)type.Min();

    public static int Bytes(this DType type) => type switch { DType.QInt8 => 1, DType.QInt16 => 2, _ => 4 };

    /// <summary>The name as PyTorch and Horizon spell it.</summary>
    public static string Name(this DType type) => type switch { DType.QInt8 => "qint8", DType.QInt16 => "qint16", _ => "qint32" };
}
