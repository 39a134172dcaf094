using System.Globalization;
using System.Text.RegularExpressions;

namespace QatGen.Graphs;

/// <summary>References to numbered tensors in C# source: <c>%3</c>, but not inside text and not the remainder operator.</summary>
public static class InputReference
{
    private static readonly Regex Reference = new(@"""(?:\\.|[^""\\])*""|%(?<number>\d+)", RegexOptions.CultureInvariant);

    public static string Replace(string code, Func<int, string> name) => Reference.Replace(
        code, match => match.Groups["number"] is { Success: true, Value: var number } ? name(int.Parse(number, CultureInfo.InvariantCulture)) : match.Value);
}
