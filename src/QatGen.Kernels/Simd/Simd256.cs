using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatGen.Kernels.Simd;

/// <summary>AVX2: eight lanes.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<int>, Vector256<double>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Lanes => 8;

    public static bool HasThirtyTwoRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, int* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(short* source) => Avx2.ConvertToVector256Int32(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(Vector256<int> value, short* target) => Sse2.PackSignedSaturate(value.GetLower(), value.GetUpper()).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sum, Vector256<int> pairs, Vector256<int> weights) => sum + Avx2.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> a, Vector256<int> b) => sum + (a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Max(Vector256<int> a, Vector256<int> b) => Vector256.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LoadDouble(double* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LowerToDouble(Vector256<int> value) => Avx.ConvertToVector256Double(value.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> UpperToDouble(Vector256<int> value) => Avx.ConvertToVector256Double(value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> sum, Vector256<double> a, Vector256<double> b) => sum + (a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> RoundAndClamp(Vector256<double> sum, Vector256<double> low, Vector256<double> high) =>
        Avx.Min(Avx.Max(Vector256.Floor(sum + Vector256.Create(0.5)), low), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt(Vector256<double> lower, Vector256<double> upper) => Vector256.Create(Avx.ConvertToVector128Int32(lower), Avx.ConvertToVector128Int32(upper));
}
