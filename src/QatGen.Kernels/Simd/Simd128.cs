using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatGen.Kernels.Simd;

/// <summary>What every machine has: four lanes, in portable code but for one instruction where it exists.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<int>, Vector128<double>>
{
    private const int Half = 16;

    public static int Lanes => 4;

    public static bool HasThirtyTwoRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> value, int* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(short* source) => Vector128.WidenLower(Vector64.Load(source).ToVector128Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(Vector128<int> value, short* target) => Vector128.Narrow(value, value).GetLower().Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<int> pairs, Vector128<int> weights) =>
        Sse2.IsSupported ? sum + Sse2.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16()) : PortableDot(sum, pairs, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PortableDot(Vector128<int> sum, Vector128<int> pairs, Vector128<int> weights) =>
        sum + (((pairs << Half) >> Half) * ((weights << Half) >> Half)) + ((pairs >> Half) * (weights >> Half));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> sum, Vector128<int> a, Vector128<int> b) => sum + (a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Max(Vector128<int> a, Vector128<int> b) => Vector128.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> LoadDouble(double* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> LowerToDouble(Vector128<int> value) => Vector128.ConvertToDouble(Vector128.WidenLower(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> UpperToDouble(Vector128<int> value) => Vector128.ConvertToDouble(Vector128.WidenUpper(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> sum, Vector128<double> a, Vector128<double> b) => sum + (a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> RoundAndClamp(Vector128<double> sum, Vector128<double> low, Vector128<double> high) =>
        Vector128.Min(Vector128.Max(Vector128.Floor(sum + Vector128.Create(0.5)), low), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt(Vector128<double> lower, Vector128<double> upper) => Vector128.Narrow(Vector128.ConvertToInt64(lower), Vector128.ConvertToInt64(upper));
}
