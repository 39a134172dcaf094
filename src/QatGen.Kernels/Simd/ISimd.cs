namespace QatGen.Kernels.Simd;

/// <summary>
/// The vector instructions that the kernels are written in: <see cref="Lanes"/> int32 in a <typeparamref name="TInt"/>, and the same lanes as two <typeparamref name="TDouble"/>.
/// An implementation is a struct, so every member is bound and inlined at compile time.
/// </summary>
internal unsafe interface ISimd<TInt, TDouble>
{
    static abstract int Lanes { get; }

    /// <summary>Registers allow tiles of eight pixels by two vectors of channels, else four by two.</summary>
    static abstract bool HasThirtyTwoRegisters { get; }

    static abstract TInt Broadcast(int value);

    static abstract TInt Load(int* source);

    static abstract void Store(TInt value, int* target);

    /// <summary>Loads int16 as int32.</summary>
    static abstract TInt Widen(short* source);

    /// <summary>Stores int32 that fit int16 as int16.</summary>
    static abstract void Narrow(TInt value, short* target);

    /// <summary>Lane i becomes sum[i] + x[2i] * w[2i] + x[2i + 1] * w[2i + 1] over int16 halves; exact for int8 weights.</summary>
    static abstract TInt Dot(TInt sum, TInt pairs, TInt weights);

    static abstract TInt MultiplyAdd(TInt sum, TInt a, TInt b);

    static abstract TInt Add(TInt a, TInt b);

    static abstract TInt Max(TInt a, TInt b);

    static abstract TDouble LoadDouble(double* source);

    static abstract TDouble LowerToDouble(TInt value);

    static abstract TDouble UpperToDouble(TInt value);

    static abstract TDouble MultiplyAdd(TDouble sum, TDouble a, TDouble b);

    /// <summary>clamp(floor(sum + 0.5), low, high): the double form of NUMERICS section 5.</summary>
    static abstract TDouble RoundAndClamp(TDouble sum, TDouble low, TDouble high);

    /// <summary>Joins two halves of integers that fit int32.</summary>
    static abstract TInt ToInt(TDouble lower, TDouble upper);
}
