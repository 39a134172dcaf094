namespace QatGen.Primitives;

/// <summary>One primitive of an <see cref="IntGraph"/>, named by the layer it came from. Values are numbered: the inputs first, then each node's result in order; constants have their own numbers.</summary>
public abstract record IntNode(string Layer)
{
    /// <summary>The values read.</summary>
    public abstract Seq<int> Inputs { get; }

    /// <summary>The constants read.</summary>
    public virtual Seq<int> ConstantIds => Seq<int>.Empty;

    /// <summary>Runs the primitive on an implementation.</summary>
    public abstract T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant);

    public sealed record Conv(int X, int Weight, int Bias, ConvGeometry Geometry, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override Seq<int> ConstantIds => new(Weight, Bias);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Conv(value(X), constant(Weight), constant(Bias), Geometry);
    }

    public sealed record Literal(int Tensor, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => Seq<int>.Empty;
        public override Seq<int> ConstantIds => new(Tensor);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Constant(constant(Tensor));
    }

    public sealed record Mul(int X, int Y, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X, Y);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Mul(value(X), value(Y));
    }

    public sealed record MatMul(int X, int Y, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X, Y);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.MatMul(value(X), value(Y));
    }

    public sealed record Elementwise(ElementwiseKind Kind, Seq<int> Operands, int Numbers, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => Operands;
        public override Seq<int> ConstantIds => new(Numbers);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Elementwise(Kind, [.. Operands.Select(value)], constant(Numbers));
    }

    public sealed record Rescale(Seq<int> Terms, int Constant, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => Terms;
        public override Seq<int> ConstantIds => new(Constant);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Rescale([.. Terms.Select(value)], constant(Constant));
    }

    public sealed record Clamp(int X, int Limits, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override Seq<int> ConstantIds => new(Limits);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Clamp(value(X), constant(Limits));
    }

    public sealed record MaxPool(int X, PoolGeometry Geometry, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.MaxPool(value(X), Geometry);
    }

    public sealed record SumPool(int X, PoolGeometry Geometry, AverageCount Count, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.SumPool(value(X), Geometry, Count);
    }

    public sealed record Reduce(int X, Reduction Reduction, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Reduce(value(X), Reduction);
    }

    public sealed record Concat(Seq<int> Parts, int Constant, int Axis, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => Parts;
        public override Seq<int> ConstantIds => new(Constant);

        /// <summary>The axis among so many, counted from the front.</summary>
        public int AxisAmong(int rank) => Axis < 0 ? Axis + rank : Axis;

        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Concat([.. Parts.Select(value)], constant(Constant), Axis);
    }

    public sealed record Lut(int X, int Table, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override Seq<int> ConstantIds => new(Table);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Lut(value(X), constant(Table));
    }

    public sealed record Reshape(int X, Seq<int> Shape, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Reshape(value(X), Shape.ToArray());
    }

    /// <summary>A movement; what comes from outside is 0 or the constant <paramref name="Fill"/>.</summary>
    public sealed record Move(int X, int Fill, Movement Movement, string Layer) : IntNode(Layer)
    {
        public const int NoFill = -1;

        public override Seq<int> Inputs => new(X);
        public override Seq<int> ConstantIds => Fill == NoFill ? Seq<int>.Empty : new(Fill);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) =>
            Fill == NoFill ? p.Move(value(X), Movement) : p.Move(value(X), constant(Fill), Movement);
    }

    public sealed record GridSample(int X, int Grid, int Constant, GridMode Mode, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X, Grid);
        public override Seq<int> ConstantIds => new(Constant);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.GridSample(value(X), value(Grid), constant(Constant), Mode);
    }

    public sealed record Resize(int X, ResizeGeometry Geometry, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Resize(value(X), Geometry);
    }

    public sealed record TopK(int X, Ranking Ranking, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(X);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.TopK(value(X), Ranking);
    }

    public sealed record Gather(int Data, int Index, Gathering Gathering, string Layer) : IntNode(Layer)
    {
        public override Seq<int> Inputs => new(Data, Index);
        public override T Apply<T>(IPrimitives<T> p, Func<int, T> value, Func<int, T> constant) => p.Gather(value(Data), value(Index), Gathering);
    }
}
