using ModelZoo;
using static TorchSharp.torch;

namespace QatGen.ModelZoo.Tests;

/// <summary>The models are the published ones: same numbers of parameters and of multiply-accumulates.</summary>
public sealed class ModelTests
{
    public static TheoryData<string> Names => new(Zoo.All.Select(static e => e.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_AreThePublishedNumber(string name)
    {
        var entry = Zoo.All.Single(e => e.Name == name);
        using var model = entry.Create();
        Assert.Equal(entry.Parameters, model.parameters().Sum(static p => p.numel()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Macs_AreThePublishedNumber(string name)
    {
        var entry = Zoo.All.Single(e => e.Name == name);
        if (entry.Macs > 0)
        {
            using var model = entry.Create();
            Assert.Equal(entry.Macs, MacCounter.Count(model, entry.InputShapes));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_OfRandomInput_IsFinite(string name)
    {
        var entry = Zoo.All.Single(e => e.Name == name);
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var model = entry.Create();
        model.eval();
        Assert.All(MacCounter.Run(model, entry.InputShapes), static o => Assert.True(o.isfinite().all().item<bool>()));
    }
}
