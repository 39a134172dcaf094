using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>
/// What hides scores from a softmax, or is added to them, in the call of a composite: <see cref="Hidden"/> are masks that are not 0 where a score is hidden. Numbers that are added are in qint16, as are the scores.
/// A number of <see cref="ConstantTensor.Hides"/> or less hides.
/// </summary>
internal sealed class ScoreMasks(Expansion call)
{
    private readonly List<int> _hidden = [];

    public Seq<int> Hidden => _hidden.ToSeq();

    /// <summary>Scores without the fill or the sum with a buffer that a source hides some of them by, one after the other.</summary>
    public int Take(int scores)
    {
        while (true)
        {
            var node = call.Producer(scores);
            if (node is { Operator: "MaskedFill" } && node.Real("value", 0) <= ConstantTensor.Hides)
            {
                (scores, var mask) = (node.Inputs[0], node.Inputs[1]);
                _hidden.Add(mask);
            }
            else if (node is { Operator: "Add", Inputs.Count: 2 } && node.Attributes["alpha"] is null && node.Inputs.Count(IsBuffer) == 1
                && (node.Inputs.First(i => !IsBuffer(i)), node.Inputs.First(IsBuffer)) is var (rest, buffer) && Fits(rest, buffer))
            {
                return Added(Take(rest), buffer, isShownWhereTrue: false);
            }
            else
            {
                return scores;
            }
        }
    }

    /// <summary>Scores with a mask: a buffer of numbers or of bool, numbers that are computed, or bool that is computed or an input.</summary>
    public int Added(int scores, int mask, bool isShownWhereTrue)
    {
        if (!Fits(scores, mask))
        {
            throw QatGenException.Of(ShapeRules.TermShapes, call.Node.Path, call.Fact(scores).ToString(), call.Fact(mask).ToString());
        }

        if (call.IsBool(mask))
        {
            _hidden.Add(isShownWhereTrue ? call.Add(Named("hidden"), "Eq", new(mask), new() { ["right"] = 0 }) : mask);
            return scores;
        }

        if (!IsBuffer(mask))
        {
            return call.Add(Named("biased"), "Add", new(scores, mask));
        }

        var biased = call.Add(Named("biased"), "Add", new(scores, call.Read(Named("bias"), mask, MaskReading.Finite, Part.Wide)));
        _hidden.Add(call.Read(Named("hidden"), mask, isShownWhereTrue ? MaskReading.Unseen : MaskReading.Hidden, new(DType.QInt8)));
        return biased;
    }

    /// <summary>Whether a mask has the scores' sizes, or repeats.</summary>
    private bool Fits(int scores, int mask) => call.Fact(scores) is var whole && call.Fact(mask) is var part && (!whole.IsKnown || !part.IsKnown
        || (part.Rank <= whole.Rank && part.Shape.Reverse().Zip(whole.Shape.Reverse(), static (m, s) => m is 1 or < 0 || s < 0 || m == s).All(static fits => fits)));

    private string Named(string name) => _hidden.Count == 0 ? name : $"{name}#{_hidden.Count}";

    /// <summary>A buffer of the source, not what was already read of one.</summary>
    private bool IsBuffer(int value) => call.Producer(value) is { Operator: "Constant", Form.Name: not ConstantTensor.Parameter } node && ConstantTensor.ReadingOf(node) == MaskReading.None;
}
