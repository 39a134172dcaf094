namespace QatGen.Kernels.Planning;

/// <summary>Where an operand's element lies, in NCHW order, for an element of a result over which it repeats.</summary>
internal sealed class RepeatedIndex
{
    private readonly int[] _sizes;
    private readonly int[] _strides;

    public RepeatedIndex(Seq<int> operand, Seq<int> result)
    {
        (_sizes, _strides) = ([.. result], new int[result.Count]);
        var (stride, missing) = (1, result.Count - operand.Count);
        for (var axis = result.Count - 1; axis >= missing; axis--)
        {
            _strides[axis] = operand[axis - missing] == 1 ? 0 : stride;
            stride *= operand[axis - missing];
        }
    }

    /// <summary>Whether the operand is the same along all axes from one to another, exclusive.</summary>
    public bool Repeats(int first, int end) => Enumerable.Range(first, Math.Max(0, Math.Min(end, _sizes.Length) - first)).All(axis => _strides[axis] == 0);

    /// <summary>The operand's element for an element of the result.</summary>
    public int Of(int element)
    {
        var at = 0;
        for (var axis = _sizes.Length - 1; axis >= 0; axis--)
        {
            at += element % _sizes[axis] * _strides[axis];
            element /= _sizes[axis];
        }

        return at;
    }
}
