using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatGen.Kernels.Simd;

/// <summary>AVX-512 F and BW: sixteen lanes.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<int>, Vector512<double>>
{
    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    public static int Lanes => 16;

    public static bool HasThirtyTwoRegisters => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> value, int* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen(short* source) => Avx512F.ConvertToVector512Int32(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(Vector512<int> value, short* target) => Avx512F.ConvertToVector256Int16(value).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(Vector512<int> sum, Vector512<int> pairs, Vector512<int> weights) => sum + Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> sum, Vector512<int> a, Vector512<int> b) => sum + (a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Max(Vector512<int> a, Vector512<int> b) => Vector512.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LoadDouble(double* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LowerToDouble(Vector512<int> value) => Avx512F.ConvertToVector512Double(value.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> UpperToDouble(Vector512<int> value) => Avx512F.ConvertToVector512Double(value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> sum, Vector512<double> a, Vector512<double> b) => Avx512F.FusedMultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> RoundAndClamp(Vector512<double> sum, Vector512<double> low, Vector512<double> high) =>
        Avx512F.Min(Avx512F.Max(Vector512.Floor(sum + Vector512.Create(0.5)), low), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToInt(Vector512<double> lower, Vector512<double> upper) => Vector512.Create(Avx512F.ConvertToVector256Int32(lower), Avx512F.ConvertToVector256Int32(upper));
}
