using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>
/// What the BPU executes. An instruction is declared once, as a record whose constructor parameters are its operands: <see cref="InstructionSet"/> derives encoding, decoding and
/// disassembly from them, and the record itself says which engine runs it, which bytes it touches, how long it takes and what it does.
/// </summary>
internal abstract record Instruction
{
    /// <summary>Number of the layer it works for.</summary>
    public int Layer { get; init; }

    public Waits Waits { get; init; }

    public abstract Engine Engine { get; }

    public abstract Seq<Access> Accesses { get; }

    /// <summary>Whether the operands fit each other; where they lie is checked from <see cref="Accesses"/>.</summary>
    public abstract bool IsConsistent { get; }

    public abstract long Cycles(Timing timing);

    public abstract void Execute(Machine machine);

    /// <summary>Bytes moved to or from DDR.</summary>
    public virtual long DdrBytes => 0;

    /// <summary>Copies a box from DDR to on-chip memory.</summary>
    internal sealed record Load(Region From, Region To) : Instruction
    {
        public override Engine Engine => Engine.Load;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Ddr, From), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => From.HasShapeOf(To) && From.Type == To.Type;
        public override long DdrBytes => From.Bytes;
        public override long Cycles(Timing timing) => timing.Transfer(DdrBytes);
        public override void Execute(Machine machine) => Mover.Copy(machine.ReadDdr(From), From, machine.Sram[To.Address..], To);
    }

    /// <summary>Copies a box from on-chip memory to DDR.</summary>
    internal sealed record Store(Region From, Region To) : Instruction
    {
        public override Engine Engine => Engine.Store;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Ddr, To));
        public override bool IsConsistent => From.HasShapeOf(To) && From.Type == To.Type;
        public override long DdrBytes => To.Bytes;
        public override long Cycles(Timing timing) => timing.Transfer(DdrBytes);
        public override void Execute(Machine machine) => Mover.Copy(machine.Sram[From.Address..], From, machine.WriteDdr(To), To);
    }

    /// <summary>int32 sums of products plus bias. Inputs are int8 or int16, weights int8 [To.Channels, KernelH, KernelW, From.Channels], the bias int32 [To.Channels].</summary>
    internal sealed record Conv(Region From, Region To, int Weights, int Bias, Window Window) : Instruction
    {
        public override Engine Engine => Engine.Tensor;
        public override Seq<Access> Accesses => new(
            Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To), Access.Table(Weights, (long)To.Channels * Window.Taps * From.Channels), Access.Table(Bias, 4L * To.Channels));
        public override bool IsConsistent => Window.IsValid && From.Type != DType.QInt32 && To.Type == DType.QInt32 && Bias % 4 == 0
            && (double)To.Channels * Window.Taps * From.Channels <= int.MaxValue;
        public override long Cycles(Timing timing) => timing.Multiply(To.Positions, Window.Taps, From.Channels, To.Channels, From.Type);
        public override void Execute(Machine machine) => TensorUnit.Conv(machine.Sram, this);
    }

    /// <summary>int32 sums of products plus bias, channel by channel. Inputs are int8 or int16, weights int8 [KernelH, KernelW, Channels].</summary>
    internal sealed record DepthwiseConv(Region From, Region To, int Weights, int Bias, Window Window) : Instruction
    {
        public override Engine Engine => Engine.Tensor;
        public override Seq<Access> Accesses => new(
            Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To), Access.Table(Weights, (long)Window.Taps * To.Channels), Access.Table(Bias, 4L * To.Channels));
        public override bool IsConsistent => Window.IsValid && From.Type != DType.QInt32 && To.Type == DType.QInt32 && Bias % 4 == 0 && From.Channels == To.Channels;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, Window.Taps * From.Type.Bytes(), To.Channels);
        public override void Execute(Machine machine) => TensorUnit.DepthwiseConv(machine.Sram, this);
    }

    /// <summary>The largest integer of each window; padding never wins.</summary>
    internal sealed record MaxPool(Region From, Region To, Window Window) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => Window.IsValid && From.Channels == To.Channels && From.Type == To.Type;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, Window.Taps, To.Channels);
        public override void Execute(Machine machine) => VectorUnit.MaxPool(machine.Sram, this);
    }

    /// <summary>The int32 sum of each window.</summary>
    internal sealed record SumPool(Region From, Region To, Window Window) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => Window.IsValid && From.Channels == To.Channels && To.Type == DType.QInt32;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, Window.Taps, To.Channels);
        public override void Execute(Machine machine) => VectorUnit.SumPool(machine.Sram, this);
    }

    /// <summary>
    /// The clamped, rescaled sum of boxes of one shape (NUMERICS section 5). The table holds int32 rows [shift, low, high, multiplier of each term], one per lane; a shift of 0 clamps the sum
    /// as it is. With lanes by position, Map is a table of one 16-bit lane number per position.
    /// </summary>
    internal sealed record Rescale(Seq<Region> Terms, Region To, int Table, LaneKind Lanes, int LaneCount, int Map) : Instruction
    {
        public int RowLength => 3 + Terms.Count;
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new([
            .. Terms.Select(static t => Access.Read(MemoryKind.Sram, t)), Access.Write(MemoryKind.Sram, To),
            Access.Table(Table, 4L * RowLength * LaneCount), Access.Table(Map, Lanes == LaneKind.Position ? 2L * To.Positions : 0)]);
        public override bool IsConsistent => Terms.Count > 0 && Terms.All(To.Repeats) && Table % 4 == 0 && Map % 2 == 0
            && Lanes switch { LaneKind.Tensor => LaneCount == 1, LaneKind.Channel => LaneCount == To.Channels, LaneKind.Position => LaneCount is > 0 and <= ushort.MaxValue + 1, _ => false };
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, Terms.Count, To.Channels);
        public override void Execute(Machine machine) => VectorUnit.Rescale(machine.Sram, this);
    }

    /// <summary>int32 products of int8 or int16 operands; one of a single channel repeats over all.</summary>
    internal sealed record Multiply(Region X, Region Y, Region To) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, X), Access.Read(MemoryKind.Sram, Y), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => To.Repeats(X) && To.Repeats(Y) && To.Type == DType.QInt32;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, 2, To.Channels);
        public override void Execute(Machine machine) => VectorUnit.Multiply(machine.Sram, this);
    }

    /// <summary>
    /// A choice or comparison of int8 or int16 operands, or the int32 whole numbers beside one; an operand of a single channel repeats over all. A choice rescales its last two operands first, by table rows
    /// [shift, low, high, multiplier]; a comparison reads [multiplier, left shift] of each side, a rounding [multiplier, right shift].
    /// </summary>
    internal sealed record Elementwise(ElementwiseKind Kind, Seq<Region> Terms, Region To, int Table) : Instruction
    {
        /// <summary>int32 numbers in the table.</summary>
        public int Numbers => Kind.IsComparison() ? 4 : Kind.IsRounding() ? 2 : 8;
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new([.. Terms.Select(static t => Access.Read(MemoryKind.Sram, t)), Access.Write(MemoryKind.Sram, To), Access.Table(Table, 4L * Numbers)]);
        public override bool IsConsistent => Terms.Count == Kind.Operands() && Terms.All(To.Repeats) && Table % 4 == 0 && (To.Type == DType.QInt32) == Kind.IsRounding();
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, Terms.Count, To.Channels);
        public override void Execute(Machine machine) => VectorUnit.Elementwise(machine.Sram, this);
    }

    /// <summary>
    /// int32 products of int8 or int16 matrices. With Matrices 0 the rows of a matrix are channels: To [1, P, M] of X [1, K, M] and Y [1, P, K]. Else each channel of each of that many runs of rows is a matrix by itself:
    /// To [M, P] of X [M, K] and Y [K, P]; a Y of one run or one channel repeats.
    /// </summary>
    internal sealed record MatMul(Region X, Region Y, Region To, int Matrices) : Instruction
    {
        public int Inner => X.Columns;
        public override Engine Engine => Engine.Tensor;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, X), Access.Read(MemoryKind.Sram, Y), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => X.Type != DType.QInt32 && Y.Type != DType.QInt32 && To.Type == DType.QInt32 && Matrices >= 0 && X.Rows == To.Rows && X.Channels == To.Channels && Y.Columns == To.Columns
            && (Matrices == 0 ? (X.Rows, Y.Rows, Y.Channels) == (1, 1, Inner) : To.Rows % Matrices == 0 && (Y.Rows == Inner || Y.Rows == (long)Inner * Matrices) && (Y.Channels == To.Channels || Y.Channels == 1));
        public override long Cycles(Timing timing) => timing.MatMul(Matrices, To.Rows, Inner, To.Columns, To.Channels, X.Type > Y.Type ? X.Type : Y.Type);
        public override void Execute(Machine machine) => TensorUnit.MatMul(machine.Sram, this);
    }

    /// <summary>
    /// The sum, or the largest or smallest, of the columns of a row that are To.Columns apart, and of all their channels where To has one channel. Sums are int32, of int32 too.
    /// </summary>
    internal sealed record Reduce(ReduceKind Kind, Region From, Region To) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => From.Rows == To.Rows && From.Columns % To.Columns == 0 && (From.Channels == To.Channels || To.Channels == 1)
            && To.Type == (Kind is ReduceKind.Sum or ReduceKind.Mean ? DType.QInt32 : From.Type);
        public override long Cycles(Timing timing) => timing.Elementwise(From.Positions, 1, From.Channels);
        public override void Execute(Machine machine) => VectorUnit.Reduce(machine.Sram, this);
    }

    /// <summary>A function of each integer: its table is 256 results for int8, lines and segments for int16, which take two entries each.</summary>
    internal sealed record Lut(Region From, Region To, int Table) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To), Access.Table(Table, TableConstant.Bytes(From.Type)));
        public override bool IsConsistent => From.HasShapeOf(To) && From.Type != DType.QInt32 && To.Type != DType.QInt32 && Table % 4 == 0;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, From.Type.Bytes(), To.Channels);
        public override void Execute(Machine machine) => VectorUnit.Lut(machine.Sram, this);
    }

    /// <summary>Moves integers, counted in NCHW order, into a box of another shape.</summary>
    internal sealed record Reshape(Region From, Region To) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => From.Type == To.Type && From.Bytes == To.Bytes;
        public override long Cycles(Timing timing) => timing.Elementwise(From.Positions, 1, From.Channels);
        public override void Execute(Machine machine) => Mover.Reshape(machine.Sram, From, To);
    }

    /// <summary>
    /// Moves integers to other places. For each row, column and channel of the result a table of int32 triples says what it adds to the row, column and channel in a tensor of which From is the box
    /// that begins at row Top and channel First; where one of them is -1, -1, -1, the result is Fill.
    /// </summary>
    internal sealed record Move(Region From, Region To, int Rows, int Columns, int Channels, int Top, int First, int Fill) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(
            Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To), Access.Table(Rows, (long)MoveTables.PlaceBytes * To.Rows),
            Access.Table(Columns, (long)MoveTables.PlaceBytes * To.Columns), Access.Table(Channels, (long)MoveTables.PlaceBytes * To.Channels));
        public override bool IsConsistent => From.Type == To.Type && (Rows | Columns | Channels) % 4 == 0 && Top >= 0 && First >= 0;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, 1, To.Channels);
        public override void Execute(Machine machine) => Mover.Move(machine.Sram, this);
    }

    /// <summary>
    /// int32 sums of the weighted elements of a map, which may lie in DDR, at the positions of a grid [columns of the result, 2, rows of the result]: position (q * Multiplier + half the map) >> Shift in
    /// steps of 2^-Bits (<see cref="GridConstant"/>).
    /// </summary>
    internal sealed record GridSample(MemoryKind Memory, Region From, Region Grid, Region To, SampleKind Kind, int MultiplierX, int MultiplierY, int Shift, int Bits) : Instruction
    {
        private int Taps => Kind.Mode().IsNearest ? 1 : Resize.Taps;
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(Memory, From), Access.Read(MemoryKind.Sram, Grid), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => From.Type != DType.QInt32 && Grid.Type != DType.QInt32 && To.Type == DType.QInt32 && From.Channels == To.Channels
            && Grid.Rows == To.Columns && Grid.Columns == 2 && Grid.Channels == To.Rows && From.Rows < 1 << 16 && From.Columns < 1 << 16
            && MultiplierX >= 0 && MultiplierY >= 0 && Shift is >= 1 and <= GridConstant.LargestShift && Bits is >= 1 and <= GridConstant.NearestBits;
        public override long DdrBytes => Memory == MemoryKind.Ddr ? (long)Taps * To.Positions * From.RunBytes : 0;
        public override long Cycles(Timing timing) => Math.Max(timing.Elementwise(To.Positions, Taps, To.Channels), DdrBytes == 0 ? 0 : timing.Transfer(DdrBytes));
        public override void Execute(Machine machine) => Sampler.Sample(Memory == MemoryKind.Ddr ? machine.ReadDdr(From) : machine.Sram[From.Address..], machine.Sram, this);
    }

    /// <summary>
    /// int32 sums of weighted neighbours. For each row and column of the result a table of int32 triples says the first and second row or column of a tensor of which From is the box that begins at row Top,
    /// and the weight of the second; that of the first is what is left of the denominator.
    /// </summary>
    internal sealed record Resize(Region From, Region To, int Rows, int Columns, int RowDenominator, int ColumnDenominator, int Top) : Instruction
    {
        /// <summary>Neighbours of each result.</summary>
        public const int Taps = 4;

        /// <summary>Bytes of one entry of a table.</summary>
        public const int TapBytes = 12;

        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(
            Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To), Access.Table(Rows, (long)TapBytes * To.Rows), Access.Table(Columns, (long)TapBytes * To.Columns));
        public override bool IsConsistent => From.Type != DType.QInt32 && To.Type == DType.QInt32 && From.Channels == To.Channels && (Rows | Columns) % 4 == 0 && Top >= 0
            && RowDenominator > 0 && ColumnDenominator > 0 && (long)RowDenominator * ColumnDenominator <= int.MaxValue;
        public override long Cycles(Timing timing) => timing.Elementwise(To.Positions, Taps, To.Channels);
        public override void Execute(Machine machine) => Sampler.Resize(machine.Sram, this);
    }

    /// <summary>
    /// int32 positions of the first elements of lines in order, of equal ones the lower first. A line is the channels of a position or, where Apart is not 0, the columns of a row that are so many apart;
    /// as many are told as To has of them.
    /// </summary>
    internal sealed record TopK(RankOrder Order, Region From, Region To, int Apart) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(Access.Read(MemoryKind.Sram, From), Access.Write(MemoryKind.Sram, To));
        public override bool IsConsistent => From.Type != DType.QInt32 && To.Type == DType.QInt32 && From.Rows == To.Rows && Apart >= 0
            && (Apart == 0 ? From.Columns == To.Columns && To.Channels <= From.Channels
                : From.Channels == To.Channels && To.Columns <= From.Columns && From.Columns % Apart == 0 && To.Columns % Apart == 0);
        public override long Cycles(Timing timing) =>
            timing.Elementwise(From.Positions, Apart == 0 ? Passes(To.Channels, From.Channels) : Passes(To.Columns / Apart, From.Columns / Apart), From.Channels);
        public override void Execute(Machine machine) => VectorUnit.TopK(machine.Sram, this);

        /// <summary>How often a line is read: once for each position told, or as merging sorts it.</summary>
        public static int Passes(int count, int size) => Math.Min(count, int.Log2(size) + 1);

        /// <summary>The same for a whole step.</summary>
        public static int Passes(int apart, Tensor from, Tensor to) => apart == 0 ? Passes(to.Channels, from.Channels) : Passes(to.Width / apart, from.Width / apart);
    }

    /// <summary>
    /// Elements of a tensor, which may lie in DDR, at positions. For each row, column and channel of the result a table of int32 triples says what it adds to the row, column and channel in From, and Along says
    /// what each of Size positions adds. An index of one channel repeats over all.
    /// </summary>
    internal sealed record Gather(MemoryKind Memory, Region From, Region Index, Region To, int Rows, int Columns, int Channels, int Along, int Size) : Instruction
    {
        public override Engine Engine => Engine.Vector;
        public override Seq<Access> Accesses => new(
            Access.Read(Memory, From), Access.Read(MemoryKind.Sram, Index), Access.Write(MemoryKind.Sram, To), Access.Table(Rows, (long)MoveTables.PlaceBytes * To.Rows),
            Access.Table(Columns, (long)MoveTables.PlaceBytes * To.Columns), Access.Table(Channels, (long)MoveTables.PlaceBytes * To.Channels), Access.Table(Along, (long)MoveTables.PlaceBytes * Size));
        public override bool IsConsistent => From.Type == To.Type && Index.Type == DType.QInt32 && To.Repeats(Index) && (Rows | Columns | Channels | Along) % 4 == 0 && Size > 0;
        public override long DdrBytes => Memory == MemoryKind.Ddr ? To.Bytes : 0;
        public override long Cycles(Timing timing) => Math.Max(timing.Elementwise(To.Positions, 2, To.Channels), DdrBytes == 0 ? 0 : timing.Transfer(DdrBytes));
        public override void Execute(Machine machine) => Mover.Gather(Memory == MemoryKind.Ddr ? machine.ReadDdr(From) : machine.Sram[From.Address..], machine.Sram, this);
    }
}
