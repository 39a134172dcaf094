using System.Numerics;
using System.Runtime.CompilerServices;
using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Int16 operands element by element: a choice or, with <paramref name="compare"/>, a comparison; a product in int32 where there is no kind.</summary>
internal sealed unsafe class ElementwiseStep(ElementwiseKind? kind, CompareConstant? compare, Slot[] operands, Slot target) : Step(target, operands)
{
    public override void Run(byte* arena, byte* scratch)
    {
        var channels = MicroKernels.Padded(Target.Layout.Channels);
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            var x = Sources[0].Repeated(arena, at.N, at.Y, at.X);
            var y = Sources[1].Repeated(arena, at.N, at.Y, at.X);
            var result = Target.Pixel(arena, at.N, at.Y, at.X);
            switch (kind)
            {
                case null:
                    Multiply((short*)x, (short*)y, (int*)result, channels);
                    break;
                case ElementwiseKind.Maximum:
                    Maximum((short*)x, (short*)y, (short*)result, channels);
                    break;
                case ElementwiseKind.Minimum:
                    Minimum((short*)x, (short*)y, (short*)result, channels);
                    break;
                case ElementwiseKind.Select:
                    Select((short*)x, (short*)y, (short*)Sources[2].Repeated(arena, at.N, at.Y, at.X), (short*)result, channels);
                    break;
                case { } comparison:
                    Compare(comparison, (short*)x, (short*)y, (short*)result, Target.Layout.Channels);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(short* x, short* y, int* result, int channels)
    {
        for (var c = 0; c < channels; c += Vector<short>.Count)
        {
            Vector.Widen(Vector.Load(x + c), out var lowX, out var highX);
            Vector.Widen(Vector.Load(y + c), out var lowY, out var highY);
            (lowX * lowY).Store(result + c);
            (highX * highY).Store(result + c + Vector<int>.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Maximum(short* x, short* y, short* result, int channels)
    {
        for (var c = 0; c < channels; c += Vector<short>.Count)
        {
            Vector.Max(Vector.Load(x + c), Vector.Load(y + c)).Store(result + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Minimum(short* x, short* y, short* result, int channels)
    {
        for (var c = 0; c < channels; c += Vector<short>.Count)
        {
            Vector.Min(Vector.Load(x + c), Vector.Load(y + c)).Store(result + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Select(short* condition, short* yes, short* no, short* result, int channels)
    {
        for (var c = 0; c < channels; c += Vector<short>.Count)
        {
            Vector.ConditionalSelect(Vector.Equals(Vector.Load(condition + c), Vector<short>.Zero), Vector.Load(no + c), Vector.Load(yes + c)).Store(result + c);
        }
    }

    private void Compare(ElementwiseKind comparison, short* x, short* y, short* result, int channels)
    {
        for (var c = 0; c < channels; c++)
        {
            result[c] = compare!.Holds(comparison, x[c], y[c]) ? (short)1 : (short)0;
        }
    }
}
