using QatGen.Graphs;
using QatGen.Primitives;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>A model written out as the generator does, with public and protected members only.</summary>
public sealed class GeneratedShapeTests
{
    [Fact]
    public void GeneratedClass_FromFloatToIntegers_Agrees()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var state = new Dictionary<string, Tensor>
        {
            ["conv.weight"] = randn(4, 1, 3, 3),
            ["bn.weight"] = rand(4) + 0.5,
            ["bn.bias"] = randn(4),
            ["bn.running_mean"] = randn(4),
            ["bn.running_var"] = rand(4) + 0.5,
            ["fc.weight"] = randn(3, 144),
            ["fc.bias"] = randn(3),
        };
        var net = new NetQat(state);
        net.Calibrate([randn(4, 1, 8, 8), randn(4, 1, 8, 8)]);
        NetFixedPoint fixedPoint = net.Convert();
        var x = randn(5, 1, 8, 8);
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), net.ValidationIntegers(x).Data.Select(static v => (long)v));
        net.SetState(FakeQuantState.Validation);
        Assert.Equal(net.ValidationIntegers(x).Dequantize(), net.call(x).data<float>().ToArray());
        Assert.Equal("Net", fixedPoint.Signature.Name);
    }

    private sealed class NetQat : nn.Module<Tensor, Tensor>, IQatModule
    {
        private readonly QatNode conv, flatten, fc;

        public NetQat(IReadOnlyDictionary<string, Tensor> floatState, QConfig? config = null) : base("NetQat")
        {
            Model = new(this, "Net", March.Bayes, config);
            Model.Input("x", shape: [1, 1, 8, 8], fixedScale: 0);
            conv = Model.Node("Conv2d", "conv", new() { ["in_channels"] = 1, ["kernel_size"] = 3, ["bias"] = false }, OutputKind.Quantized, absorbed:
            [
                QatModel.Absorbed("BatchNorm2d", "bn", new() { ["eps"] = 1e-05 }),
                QatModel.Absorbed("ReLU", "relu", new()),
            ]);
            flatten = Model.Node("Flatten", "flatten", new() { ["start_dim"] = 1 }, OutputKind.SameAsInput, form: new(FormKind.Method, "flatten"));
            fc = Model.Node("Linear", "fc", [], OutputKind.HighPrecision);
            Model.LoadFloat(floatState);
        }

        public QatModel Model { get; }

        public FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants) => new NetFixedPoint(signature, constants);

        public NetFixedPoint Convert() => (NetFixedPoint)this.ConvertToFixedPoint();

        public override Tensor forward(Tensor x) => Model.Forward(x)[0];

        public QatValue[] Program(QatValue[] inputs)
        {
            var conv_ = conv.Call(inputs[0]);
            var flatten_ = flatten.Call(conv_);
            return [fc.Call(flatten_)];
        }

        protected override void RegisterComponents()
        {
        }
    }

    private sealed class NetFixedPoint(Signature signature, IReadOnlyList<Constant> constants) : FixedPointModel(signature, constants)
    {
        public override T[] Forward<T>(IPrimitives<T> p, T[] constants, T[] inputs)
        {
            p.Layer("conv");
            var conv = p.Rescale([p.Conv(inputs[0], constants[0], constants[1], new())], constants[2]);
            p.Layer("fc");
            var map = p.Reshape(p.Reshape(conv, [0, -1]), [0, 0, 1, 1]);
            return [p.Reshape(p.Rescale([p.Conv(map, constants[3], constants[4], new())], constants[5]), [0, 0])];
        }
    }
}
