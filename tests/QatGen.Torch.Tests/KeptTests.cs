using System.Runtime.CompilerServices;

namespace QatGen.Torch.Tests;

/// <summary>Scalars outlive the call that they are made for, and not much more.</summary>
public sealed class KeptTests
{
    [Fact]
    public void Scalar_NobodyRefersTo_IsKeptUntilManyMore()
    {
        var scalar = Made();
        Collect();
        Assert.True(IsThere(scalar));
        for (var i = 0; i < 64; i++)
        {
            _ = Kept.Of(i);
        }

        Collect();
        Assert.False(IsThere(scalar));
    }

    [Fact]
    public void Types_AreTorchs() => Assert.Equal(
        [TorchSharp.torch.ScalarType.Float64, TorchSharp.torch.ScalarType.Float64, TorchSharp.torch.ScalarType.Int64, TorchSharp.torch.ScalarType.Int64],
        [Kept.Of(1.5).Type, Kept.Of(1.5f).Type, Kept.Of(1L).Type, Kept.Of(1).Type]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<TorchSharp.Scalar> Made() => new(Kept.Of(0.5));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsThere(WeakReference<TorchSharp.Scalar> scalar) => scalar.TryGetTarget(out _);

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
