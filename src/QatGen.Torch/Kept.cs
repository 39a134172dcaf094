using TorchSharp;

namespace QatGen.Torch;

/// <summary>
/// Numbers as TorchSharp's scalars. One that is written beside a tensor becomes an object that nothing refers to while libtorch reads it: where garbage is collected meanwhile it is freed, and the call fails
/// ("Unknown scalar type") or computes with something else. These live until their thread has made more of them than any call takes.
/// </summary>
internal static class Kept
{
    private const int Count = 64;

    [ThreadStatic]
    private static Scalar[]? _recent;

    [ThreadStatic]
    private static int _next;

    public static Scalar Of(double value) => Keep(value.ToScalar());

    public static Scalar Of(float value) => Keep(value.ToScalar());

    public static Scalar Of(long value) => Keep(value.ToScalar());

    public static Scalar Of(int value) => Keep(value.ToScalar());

    private static Scalar Keep(Scalar scalar)
    {
        _recent ??= new Scalar[Count];
        _recent[_next] = scalar;
        _next = (_next + 1) % Count;
        return scalar;
    }
}
