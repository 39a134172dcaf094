using System.Text;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Random C#: functions of integers with loops, branches, closures and lists, and expressions over the number types. The same seed gives the same source.</summary>
internal sealed class ProgramGenerator(int seed)
{
    private readonly Random _random = new(seed);
    private int _names;

    /// <summary>A function <c>static int NAME(int a, int b)</c> that always ends.</summary>
    public string Function(string name)
    {
        var code = new StringBuilder($"private static int {name}(int a, int b) {{ var list = new List<int> {{ a, b }}; (int, int) pair = (b, a); Func<int, int> f = n => n + a; ");
        for (var i = 0; i < 6; i++)
        {
            code.Append(Statement(3));
        }

        return code.Append("foreach (var item in list) { a = unchecked(a * 31 + item); } return a + f(b) + pair.Item1 - pair.Item2; }").ToString();
    }

    private string Statement(int depth) => _random.Next(depth > 0 ? 15 : 7) switch
    {
        0 => $"a = {Int(2)}; ",
        1 => $"b {Pick("+", "-", "*", "&", "|", "^")}= {Int(2)}; ",
        2 => $"{Pick("a++", "--b", "b = a++ + ++a", "a = b--")}; ",
        3 => $"if (list.Count < 20) {{ list.Add({Int(1)}); }} ",
        4 => $"list[list.Count - 1] {Pick("", "+", "-")}= {Int(1)}; ",
        5 => $"pair = ({Int(1)}, pair.Item1); ",
        6 => $"(a, b) = (b, {Int(1)}); ",
        7 or 8 => $"if ({Bool(2)}) {{ {Statement(depth - 1)}}} else {{ {Statement(depth - 1)}}} ",
        9 => Loop(depth, static (v, body) => $"for (var {v} = 0; {v} < 4; {v}++) {{ {body} }} "),
        10 => Loop(depth, static (v, body) => $"var {v} = 5; while ({v}-- > 1) {{ {body} }} "),
        11 => Loop(depth, static (v, body) => $"foreach (var {v} in list.ToArray()) {{ {body} }} "),
        12 => $"switch ({Int(1)} & 3) {{ case 0: {Statement(depth - 1)}break; case 1: case 2: {Statement(depth - 1)}break; default: {Statement(0)}break; }} ",
        13 => $"f = n => n * {_random.Next(1, 4)} + {Pick("a", "b", "pair.Item2")}; ",
        _ => $"if ({Bool(1)}) {{ {Statement(0)}return {Int(1)}; }} ",
    };

    private string Loop(int depth, Func<string, string, string> loop)
    {
        var variable = "v" + _names++;
        return loop(variable, $"{Statement(depth - 1)}{Pick($"a += {variable}; ", $"if ({variable} == 2) continue; ", $"if ({variable} == 3) break; ", $"f = n => n - {variable}; ")}");
    }

    /// <summary>An int expression over a, b, pair, f and list.</summary>
    private string Int(int depth) => depth == 0
        ? Pick("a", "b", "list.Count", "pair.Item1", _random.Next(-9, 10).ToString(System.Globalization.CultureInfo.InvariantCulture))
        : _random.Next(8) switch
        {
            0 => $"({Int(depth - 1)} + {Int(depth - 1)})",
            1 => $"({Int(depth - 1)} * {Int(depth - 1)})",
            2 => $"({Int(depth - 1)} - {Int(depth - 1)})",
            3 => $"({Int(depth - 1)} {Pick("/", "%")} ({Int(depth - 1)} & 7 | 1))",
            4 => $"({Bool(depth - 1)} ? {Int(depth - 1)} : {Int(depth - 1)})",
            5 => $"({Int(depth - 1)} {Pick("<<", ">>")} ({Int(depth - 1)} & 3))",
            6 => $"f({Int(depth - 1)})",
            _ => $"unchecked((int)({Pick("(long)", "(double)", "(byte)", "(short)", "")}({Int(depth - 1)} & 0xffff) {Pick("* 3", "/ 2", "+ 1000", "- 7")}))",
        };

    private string Bool(int depth) => _random.Next(depth == 0 ? 3 : 6) switch
    {
        0 => $"(a {Pick("<", ">", "==", "!=", "<=", ">=")} b)",
        1 => $"(b % 2 == {Pick("0", "1")})",
        2 => $"(a is {Pick("> 3", "0 or 1", "not 5", "> -5 and < 5")})",
        3 => $"({Bool(depth - 1)} {Pick("&&", "||", "^", "==")} {Bool(depth - 1)})",
        4 => $"!({Bool(depth - 1)})",
        _ => $"({Int(depth - 1)} < {Int(depth - 1)})",
    };

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
