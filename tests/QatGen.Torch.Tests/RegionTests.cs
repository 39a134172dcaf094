using QatGen.Operators;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>RoIAlign against its definition, point by point, and against the program that it is lowered to.</summary>
public sealed class RegionTests
{
    [Theory]
    [InlineData(3, 3, 0.5, 2, true)]
    [InlineData(3, 3, 0.5, 2, false)]
    [InlineData(1, 4, 0.25, 3, true)]
    [InlineData(2, 1, 1.0, 1, false)]
    public void Forward_IsTheDefinition(int height, int width, double scale, int points, bool aligned)
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var map = randn(2, 3, 6, 7);
        var image = new[] { 7 / scale, 6 / scale };

        // Boxes inside the image; one is narrower than an element, one is the image.
        var corners = rand(2, 5, 2, 2).sort(2).Values.transpose(2, 3).reshape(2, 5, 2, 2).transpose(2, 3).reshape(2, 5, 4);
        var boxes = corners * tensor(new float[] { (float)image[0], (float)image[1], (float)image[0], (float)image[1] });
        boxes[0, 0] = tensor(new float[] { 1, 1, 1.2f, 1.1f });
        boxes[1, 1] = tensor(new float[] { 0, 0, (float)image[0], (float)image[1] });
        var actual = new Nn.RoIAlign((height, width), scale, points, aligned).call(map, boxes);
        Assert.Equal([2L, 5, 3, height, width], actual.shape);
        var (m, b, values) = (map.data<float>().ToArray(), boxes.contiguous().data<float>().ToArray(), actual.data<float>().ToArray());
        var at = 0;
        for (var box = 0; box < 10; box++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                for (var bin = 0; bin < height * width; bin++)
                {
                    var plane = m.AsSpan((((box / 5) * 3) + channel) * 42, 42).ToArray();
                    Assert.Equal(Bin(plane, b[(4 * box)..((4 * box) + 4)], bin / width, bin % width), values[at++], 1e-4);
                }
            }
        }

        double Bin(float[] plane, float[] box, int row, int column)
        {
            var offset = aligned ? 0.5 : 0;
            var (left, top, right, bottom) = ((box[0] * scale) - offset, (box[1] * scale) - offset, (box[2] * scale) - offset, (box[3] * scale) - offset);
            var (w, h) = aligned ? (right - left, bottom - top) : (Math.Max(right - left, 1), Math.Max(bottom - top, 1));
            var sum = 0.0;
            for (var point = 0; point < points * points; point++)
            {
                var y = top + ((row + (((point / points) + 0.5) / points)) * h / height);
                var x = left + ((column + (((point % points) + 0.5) / points)) * w / width);
                sum += Between(plane, Math.Clamp(y, 0, 5), Math.Clamp(x, 0, 6));
            }

            return sum / (points * points);
        }

        static double Between(float[] plane, double y, double x)
        {
            var (top, left) = ((int)y, (int)x);
            var (bottom, right, down, along) = (Math.Min(top + 1, 5), Math.Min(left + 1, 6), y - top, x - left);
            return ((1 - down) * (((1 - along) * plane[(top * 7) + left]) + (along * plane[(top * 7) + right]))) + (down * (((1 - along) * plane[(bottom * 7) + left]) + (along * plane[(bottom * 7) + right])));
        }
    }

    [Fact]
    public void Program_InFloat_IsTheModule()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        foreach (var example in Catalogue.Get("RoIAlign").Examples())
        {
            int[] size = example.Node.Attributes["outputSize"] is Graphs.Value.Items items ? [.. items.Elements.Select(static e => (int)((Graphs.Value.Integer)e).Number)] : [(int)((Graphs.Value.Integer)example.Node.Attributes["outputSize"]!).Number];
            var points = (int)((Graphs.Value.Integer)example.Node.Attributes["samplingRatio"]!).Number;
            var aligned = ((Graphs.Value.Logical)example.Node.Attributes["aligned"]!).Flag;
            var scale = example.Node.Attributes["spatialScale"] is Graphs.Value.Real real ? real.Number : ((Graphs.Value.Integer)example.Node.Attributes["spatialScale"]!).Number;
            var graph = Nets.Of(example);
            var data = Nets.Batch(graph);
            var expected = new Nn.RoIAlign((size[0], size[^1]), scale, points, aligned).call(data[0], data[1]);
            var actual = ((QatValue.Activation)new GraphQat(graph, Nets.State(graph)).Model.Run(data)[0]).Data;
            Assert.Equal(expected.shape, actual.shape);
            Assert.True((expected - actual).abs().max().item<float>() < 1e-4, example.Name);
        }
    }

    /// <summary>Against the formula with its logarithm, for boxes on both sides of each level's first area and beyond the levels that there are.</summary>
    [Fact]
    public void Box_TakesTheMapOfItsLevel()
    {
        using var scope = NewDisposeScope();
        double[] scales = [0.25, 0.125, 0.0625, 0.03125];
        Tensor[] maps = [.. scales.Select((s, i) => full([1, 1, (long)(1024 * s), (long)(1024 * s)], i + 2.0))];
        (double Width, double Height)[] sizes = [(20, 20), (111, 112), (112, 112), (113, 111), (223, 224), (224, 224), (448, 111), (448, 112), (447, 448), (448, 448), (1000, 200), (1000, 201), (1024, 1024)];
        var boxes = tensor(sizes.SelectMany(static s => new[] { 0f, 0f, (float)s.Width, (float)s.Height }).ToArray(), [1, sizes.Length, 4]);
        var actual = new Nn.MultiScaleRoIAlign(scales, 1, 2).call(maps, boxes).flatten().data<float>().ToArray();
        var expected = sizes.Select(static s => (float)Math.Clamp(Math.Floor(4 + Math.Log2((Math.Sqrt(s.Width * s.Height) / 224) + 1e-6)), 2, 5));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Levels_OfTheProgram_AreThoseOfTheModule(bool integers)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        foreach (var example in Catalogue.Get("MultiScaleRoIAlign").Examples())
        {
            var (graph, a) = (Nets.Of(example), example.Node.Attributes);
            var scales = ((Graphs.Value.Items)a["spatialScales"]!).Elements.Select(static e => ((Graphs.Value.Real)e).Number).ToArray();
            int[] size = a["outputSize"] is Graphs.Value.Items items ? [.. items.Elements.Select(static e => (int)((Graphs.Value.Integer)e).Number)] : [(int)((Graphs.Value.Integer)a["outputSize"]!).Number];
            using var layer = new Nn.MultiScaleRoIAlign(scales, (size[0], size[^1]), (int)((Graphs.Value.Integer)a["samplingRatio"]!).Number, (int)((Graphs.Value.Integer)a["canonicalScale"]!).Number, (int)((Graphs.Value.Integer)a["canonicalLevel"]!).Number);
            var data = Nets.Batch(graph);
            if (!integers)
            {
                var actual = ((QatValue.Activation)new GraphQat(graph, Nets.State(graph)).Model.Run(data)[0]).Data;
                Assert.True((layer.call(data[..^1], data[^1]) - actual).abs().max().item<float>() < 1e-4, example.Name);
            }
            else if (scales.Length > 1)
            {
                // Maps of one number each: the result says the level.
                Tensor[] maps = [.. data[..^1].Select(static (m, i) => full_like(m, i + 1.0))];
                var qat = new GraphQat(graph, Nets.State(graph), new() { Activation = new() { DType = DType.QInt16 } });
                qat.SetState(FakeQuantState.Calibration);
                qat.Model.Run([.. maps, data[^1]]);
                qat.SetState(FakeQuantState.Validation);
                var actual = (QatValue.Activation)qat.Model.Run([.. maps, data[^1]])[0];
                var levels = (actual.Data * actual.Known.Scales[0]).round().to(ScalarType.Float32);
                Assert.Equal(layer.call(maps, data[^1]).data<float>().ToArray(), levels.contiguous().data<float>().ToArray());
            }
        }
    }

    [Fact]
    public void Levels_ThatMakeNoSense_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var layer = new Nn.MultiScaleRoIAlign([0.5, 0.25], 2, 2);
        Assert.Equal(ShapeRules.LayerInput, Assert.Throws<QatGenException>(() => layer.call([zeros(1, 2, 4, 4)], zeros(1, 3, 4))).Violations[0].Rule);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.MultiScaleRoIAlign([], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.MultiScaleRoIAlign([0.5, 0.125], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.MultiScaleRoIAlign([-1], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.MultiScaleRoIAlign([2, 1, 0.5, 0.25, 0.125, 0.0625], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.MultiScaleRoIAlign([1], 2, 2, canonicalScale: 0));
    }

    [Fact]
    public void Gradients_ReachMapAndBoxes()
    {
        using var scope = NewDisposeScope();
        manual_seed(10);
        var (map, boxes) = (randn(1, 2, 6, 6, requires_grad: true), tensor(new float[] { 1, 1, 4, 5 }, [1, 1, 4], requires_grad: true));
        new Nn.RoIAlign(2, 1, 2).call(map, boxes).square().sum().backward();
        Assert.True(map.grad!.abs().max().item<float>() > 0);
        Assert.True(boxes.grad!.abs().min().item<float>() > 0);
    }

    [Fact]
    public void BadInput_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var layer = new Nn.RoIAlign(2, 1, 2);
        Assert.Equal(ShapeRules.Boxes, Assert.Throws<QatGenException>(() => layer.call(zeros(1, 2, 4, 4), zeros(1, 3, 5))).Violations[0].Rule);
        Assert.Equal(ShapeRules.Boxes, Assert.Throws<QatGenException>(() => layer.call(zeros(1, 2, 4, 4), zeros(2, 3, 4))).Violations[0].Rule);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.RoIAlign(0, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.RoIAlign(2, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.RoIAlign(2, 1, samplingRatio: 0));
    }
}
