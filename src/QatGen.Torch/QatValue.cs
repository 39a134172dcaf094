using QatGen.Arithmetic;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Modules;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>What the torch implementations of the primitives compute with: tensors, and the trainable sources of constants.</summary>
public abstract record QatValue
{
    /// <summary>
    /// A tensor [N, ...]. Rounded, it holds integers in float32 (float64 where their bound is 2^24 or more) and <paramref name="Quantity"/> says what they stand for;
    /// in the states FLOAT and CALIBRATION it holds reals and the quantity is null.
    /// </summary>
    public sealed record Activation(Tensor Data, Quantity? Quantity, DType DType = DType.QInt8) : QatValue
    {
        /// <summary>What the float model holds: int64 for positions, bool for the result of a comparison.</summary>
        public ScalarType FloatType { get; init; } = ScalarType.Float32;

        /// <summary>Of a weighted sum that goes back to the scale of its input, the type of that.</summary>
        public DType? Weighted { get; init; }

        /// <summary>Of reals whether they are one number of the source.</summary>
        internal bool IsNumber { get; init; }

        /// <summary>Of reals in a model of mixed states, what an operator that reads integers rounds them to.</summary>
        internal RealGrid? Grid { get; init; }

        /// <summary>Where equalization asks: of which node's channels the values are.</summary>
        internal Improvement.ChannelTags? Channels { get; init; }

        /// <summary>The reals that the integers stand for, in float32.</summary>
        internal Activation Reals() => this with { Data = DeQuantStub.Dequantize(this with { FloatType = ScalarType.Float32 }), Quantity = null };

        /// <summary>What the integers stand for; reals have none, which is an error.</summary>
        public Quantity Known => Quantity ?? throw new InvalidOperationException("A real tensor reached the integer program.");
    }

    /// <summary>A value by its number, where only the connections of a program are asked for.</summary>
    internal sealed record Numbered(int Number) : QatValue;

    /// <summary>Weights in float and the quantizer that makes integers of them; a live batch norm folds into them where it is not at work itself.</summary>
    internal sealed record WeightSource(Tensor Parameter, WeightQuantizer Quantizer, WeightArrangement? Arrangement, LiveBatchNorm? Norm) : QatValue
    {
        /// <summary>The weights of the program, with gradients to parameters.</summary>
        public Tensor Weight => Norm is null ? Parameter : Norm.Fold.Weight(Parameter);

        /// <summary>The program's weights at the present scales.</summary>
        public WeightConstant Constant()
        {
            using var scope = NewDisposeScope();
            var own = Quantizer.WeightConstant(Weight);
            return Arrangement?.Rows(own) ?? own;
        }
    }

    internal sealed record BiasSource(Tensor Parameter, WeightQuantizer Quantizer, WeightArrangement? Arrangement, LiveBatchNorm? Norm) : QatValue
    {
        /// <summary>The biases of the program, with gradients to parameters.</summary>
        public Tensor Bias => Norm is null ? Parameter : Norm.Fold.Bias(Parameter);

        /// <summary>The program's biases at the present scales.</summary>
        public BiasConstant Constant()
        {
            using var scope = NewDisposeScope();
            var own = Quantizer.BiasConstant(Bias);
            return Arrangement?.Rows(own) ?? own;
        }
    }

    internal sealed record RescaleSource(ConstantRole Role, OutputQuantizer? Quantizer) : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public RescaleConstant? Latest { get; set; }
    }

    internal sealed record FillSource(double Value) : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public FillConstant? Latest { get; set; }
    }

    /// <summary>A parameter or buffer in float, the quantizer that makes integers of it, and the node that says how it is moved.</summary>
    internal sealed record TensorSource(Tensor Parameter, TensorQuantizer Quantizer, Graphs.Node Node) : QatValue
    {
        /// <summary>The tensor as the program reads it.</summary>
        public Tensor Value
        {
            get
            {
                if (Node.Absorbed.Count == 0)
                {
                    return Parameter;
                }

                var moved = ConstantTensor.Moved(new RealPrimitives(observe: false), Node, new Activation(Parameter.unsqueeze(0), null),
                    static role => role.Kind == ConstantKind.Compare ? new CompareSource() : new NumberSource(role));
                var data = ((Activation)moved).Data;
                return Graphs.NodeReading.Flag(Node, ConstantTensor.Repeats, false) ? data : data.squeeze(0);
            }
        }
    }

    /// <summary>A buffer of positions.</summary>
    internal sealed record IndexSource(Tensor Value) : QatValue
    {
        public TensorConstant Constant() => new(TorchShape.Of(Value), DType.QInt32, Value.data<long>().ToArray().Select(static v => (int)Math.Clamp(v, int.MinValue, int.MaxValue)).ToSeq(), 1);

        public Activation Positions(bool isReal) => new(Value.to(ScalarType.Float64), isReal ? null : Arithmetic.Quantity.Of(1, DType.QInt32), DType.QInt32) { FloatType = ScalarType.Int64 };
    }

    /// <summary>A number that becomes an integer where it meets a tensor.</summary>
    internal sealed record NumberSource(ConstantRole Role) : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public TensorConstant? Latest { get; set; }
    }

    /// <summary>Integers that are the operator's own.</summary>
    internal sealed record IntegersSource(TensorConstant Constant) : QatValue;

    internal sealed record GridSource : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public GridConstant? Latest { get; set; }
    }

    internal sealed record ScaleSource : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public ScaleConstant? Latest { get; set; }
    }

    internal sealed record CompareSource : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public CompareConstant? Latest { get; set; }
    }

    internal sealed record ClampSource(ClampRange Range) : QatValue
    {
        /// <summary>The constant of the last forward pass.</summary>
        public ClampConstant? Latest { get; set; }
    }
}
