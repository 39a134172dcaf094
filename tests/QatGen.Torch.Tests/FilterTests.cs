using QatGen.Operators;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>The filter of pixels against a search by hand, and against the program that it is lowered to.</summary>
public sealed class FilterTests
{
    private const int Height = 4;
    private const int Width = 5;

    [Theory]
    [InlineData(0.0, null)]
    [InlineData(1.5, null)]
    [InlineData(0.5, 2)]
    [InlineData(50.0, 2)]
    public void Pixels_AreThoseAtTheThreshold_InOrder(double threshold, int? start)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Tensor[] maps = [randn(2, 6, Height, Width), randn(2, 3, Height, Width)];
        var layer = new Nn.Filter(threshold, Height * Width, start is { } first ? (first, 5) : null);
        var results = layer.call(maps);
        Assert.Equal([[2, 20], [2, 20], [2, 20], [2, 20, 6], [2, 20, 3]], results.Select(static r => r.shape));
        Assert.Equal([ScalarType.Float32, ScalarType.Int64, ScalarType.Int64, ScalarType.Float32, ScalarType.Float32], results.Select(static r => r.dtype));

        var expected = Enumerable.Range(0, 2).Select(n => Enumerable.Range(0, Height * Width).Select(place => ByHand(n, place / Width, place % Width))
            .Where(p => p.MaxValue >= threshold).OrderByDescending(static p => p.MaxValue).ToSeq()).ToSeq();
        Assert.Equal(expected, layer.Pixels(results, Width));

        FilteredPixel ByHand(int n, int row, int column)
        {
            var data = maps.Select(m => new Seq<float>(m[n, .., row, column].contiguous().data<float>().ToArray())).ToSeq();
            var scores = data[0].Skip(start ?? 0).Take(start is null ? 6 : 3).ToArray();
            return new(scores.Max(), Array.IndexOf(scores, scores.Max()), row, column, data);
        }
    }

    [Fact]
    public void Capacity_KeepsTheBest()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var scores = randn(3, 4, Height, Width);
        Seq<Seq<FilteredPixel>> Best(int capacity) => new Nn.Filter(-10, capacity) is var layer ? layer.Pixels(layer.call([scores]), Width) : default;
        Assert.Equal(Best(20).Select(static f => f.Take(7).ToSeq()), Best(7));
    }

    [Fact]
    public void Program_InFloat_IsTheModule()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        foreach (var example in Catalogue.Get("Filter").Examples())
        {
            var graph = Nets.Of(example);
            var data = Nets.Batch(graph);
            var range = example.Node.Attributes["idxRange"] is Graphs.Value.Items { Elements: var ends } ? (Number(ends[0]), Number(ends[1])) : ((int, int)?)null;
            var expected = new Nn.Filter(0, Number(example.Node.Attributes["capacity"]!), range).call(data)[Number(example.Node.Attributes[Operator.Item]!)];
            var actual = new GraphQat(graph, Nets.State(graph)).Model.Forward(data)[0];
            Assert.Equal((expected.dtype, string.Join(", ", expected.shape)), (actual.dtype, string.Join(", ", actual.shape)));
            Assert.True(expected.equal(actual).all().item<bool>());
        }

        static int Number(Graphs.Value value) => (int)((Graphs.Value.Integer)value).Number;
    }

    [Fact]
    public void Gradients_ReachWhatIsPicked()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var (scores, boxes) = (randn(1, 3, Height, Width, requires_grad: true), randn(1, 4, Height, Width, requires_grad: true));
        var results = new Nn.Filter(0, 2).call([scores, boxes]);
        (results[0].sum() + results[4].sum()).backward();
        Assert.Equal(2, scores.grad!.count_nonzero().item<long>());
        Assert.Equal(8, boxes.grad!.count_nonzero().item<long>());
    }

    [Fact]
    public void BadInput_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var layer = new Nn.Filter(0, 20, (1, 4));
        Tensor[][] wrong = [[], [zeros(1, 4, 20)], [zeros(1, 4, 4, 5), zeros(1, 4, 5, 4)], [zeros(2, 4, 4, 5), zeros(1, 4, 4, 5)], [zeros(1, 3, 4, 5)], [zeros(1, 4, 3, 5)]];
        Assert.All(wrong, maps => Assert.Equal("QG2016", Assert.Throws<QatGenException>(() => layer.call(maps)).Violations[0].Rule.Id));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.Filter(double.NaN, 5));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.Filter(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.Filter(0, 1, (2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.Filter(0, 1, (-1, 2)));
    }
}
