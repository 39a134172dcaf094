using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>Functions of each element of a contiguous float32 tensor, on torch's number of threads.</summary>
internal static unsafe class ElementLoop
{
    private const int RowLength = 1 << 12;

    /// <summary>Computes <paramref name="count"/> results from as many values.</summary>
    public delegate void Part(float* from, float* to, int count);

    public static Tensor Map(Tensor x, Part part)
    {
        var result = empty_like(x);
        var (from, to, count) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(result), x.numel());
        RawTensor.ForRows((int)((count + RowLength - 1) / RowLength), RowLength, row =>
        {
            var start = (long)row * RowLength;
            part((float*)from + start, (float*)to + start, (int)Math.Min(RowLength, count - start));
        });
        return result;
    }
}
