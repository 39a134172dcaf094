using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>Direct access to the memory of contiguous CPU tensors.</summary>
internal static unsafe class RawTensor
{
    private const long WorthThreads = 1 << 15;

    public static float* Floats(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    public static double* Doubles(Tensor tensor) => (double*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>The tensor itself, or a contiguous copy.</summary>
    public static Tensor Contiguous(Tensor tensor) => tensor.is_contiguous() ? tensor : tensor.contiguous();

    /// <summary>Runs <paramref name="row"/> for each row, on torch's number of threads where there is enough to do.</summary>
    public static void ForRows(int rows, long length, Action<int> row)
    {
        var threads = get_num_threads();
        if (threads == 1 || rows == 1 || rows * length < WorthThreads)
        {
            for (var r = 0; r < rows; r++)
            {
                row(r);
            }

            return;
        }

        var perThread = (rows + threads - 1) / threads;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, t =>
        {
            for (var r = t * perThread; r < Math.Min(rows, (t + 1) * perThread); r++)
            {
                row(r);
            }
        });
    }
}
