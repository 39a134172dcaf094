namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Conditions on settings, whose outcome is known.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly string[] Conditions =
    [
        "const flag", "field flag", "flag parameter", "number test", "enum test", "text test", "table length", "null test", "record setting", "tuple setting", "LINQ test", "dictionary setting", "generic setting",
        "negation", "and", "or",
    ];

    /// <summary>A condition that holds.</summary>
    private string True(ModuleClass owner) => Condition(owner) is var (code, holds) && holds ? code : $"!({code})";

    /// <summary>A condition and whether it holds; a static one reads no member of the object.</summary>
    private (string Code, bool Holds) Condition(ModuleClass owner, bool isStatic = false, int depth = 0)
    {
        var name = Name("s");
        var holds = Choices.Next(2) == 0;
        var form = Choices.Pick(depth < 2 ? Conditions : Conditions[..^3]);
        var modifier = isStatic || Choices.OneIn(2) ? "static readonly" : "readonly";
        void Member(string type, string value) => owner.Members.Add($"private {modifier} {type} {name} = {value};");
        string Flag(bool value) => value ? "true" : "false";
        var code = "";
        switch (form)
        {
            case "const flag":
                owner.Members.Add($"private const bool {name} = {Flag(holds)};");
                code = name;
                break;
            case "flag parameter" when !owner.IsRoot && !isStatic:
                owner.Parameters.Add(("bool", name, Flag(holds), Choices.OneIn(2)));
                if (!owner.IsPrimary)
                {
                    owner.Members.Add($"private readonly bool _{name};");
                    owner.Setup.Insert(0, $"_{name} = {name};");
                }

                code = owner.IsPrimary ? name : "_" + name;
                break;
            case "number test":
                Member("int", "2");
                code = name + (holds ? Choices.Pick(" > 1", " is > 0 and < 3", " % 2 == 0", " != 3", " is not 1") : Choices.Pick(" > 2", " is 1 or 3", " <= 1", " is not 2"));
                break;
            case "enum test":
                Member("DayOfWeek", "DayOfWeek.Friday");
                code = holds ? Choices.Pick($"{name} == DayOfWeek.Friday", $"{name} is DayOfWeek.Monday or DayOfWeek.Friday", $"(int){name} == 5") : Choices.Pick($"{name} != DayOfWeek.Friday",
                    $"{name} is DayOfWeek.Sunday");
                break;
            case "text test":
                Member("string", "\"relu\"");
                code = holds ? Choices.Pick($"{name} == \"relu\"", $"{name}.Length == 4", $"{name} is \"relu\" or \"none\"", $"$\"{{{name}}}6\" == \"relu6\"") : Choices.Pick($"{name} == \"none\"",
                    $"{name} != \"re\" + \"lu\"", $"{name} is null");
                break;
            case "table length":
                Member("int[]", "{ 3, 4, 5 }");
                code = holds ? Choices.Pick($"{name}.Length == 3", $"{name}[1] == 4", $"{name}[^1] > 4") : Choices.Pick($"{name}.Length > 3", $"{name}[0] == 4");
                break;
            case "null test":
                Member("string?", holds ? "null" : "\"some\"");
                code = Choices.Pick($"{name} is null", $"{name} == null", $"({name} ?? \"none\") == \"none\"", $"!({name} is {{ }})", $"{name}?.Length is null");
                break;
            case "record setting":
                _beside.Add($"public sealed record Setting{name}(int Width, bool Act, string Name = \"n\");");
                Member($"Setting{name}", $"new(4, Act: {Flag(holds)})");
                code = Choices.Pick($"{name}.Act", $"{name} is {{ Act: true }}", $"({name}.Act && {name}.Name == \"n\")", $"{name} is {{ Width: > 3, Act: true }}");
                break;
            case "tuple setting":
                Member("(int Width, bool Act)", $"(4, {Flag(holds)})");
                code = Choices.Pick($"{name}.Act", $"{name}.Item2", $"{name} is (4, true)", $"{name} == (4, true)");
                break;
            case "LINQ test":
                Member("List<int>", "new() { 1, 2, 3 }");
                code = holds ? Choices.Pick($"{name}.Any(v => v > 2)", $"{name}.All(v => v < 4)", $"{name}.Sum() == 6", $"{name}.Max() == 3", $"{name}.Where(v => v > 1).Count() == 2")
                    : Choices.Pick($"{name}.Any(v => v > 3)", $"{name}.Select(v => v * 2).First() == 1");
                break;
            case "dictionary setting":
                Member("Dictionary<string, int>", "new() { [\"a\"] = 1, [\"b\"] = 2 }");
                code = holds ? Choices.Pick($"{name}[\"b\"] == 2", $"{name}.ContainsKey(\"a\")", $"{name}.Count == 2", $"({name}.TryGetValue(\"a\", out var v{name}) && v{name} == 1)",
                    $"{name}.Values.Sum() == 3", $"{name}.Keys.Contains(\"b\")", $"{name}.GetValueOrDefault(\"c\", 3) == 3")
                    : Choices.Pick($"{name}[\"a\"] > 1", $"{name}.ContainsKey(\"c\")", $"{name}.TryGetValue(\"c\", out _)", $"{name}.Any(p => p.Value > 2)");
                break;
            case "generic setting":
                _beside.Add($"public sealed record Setting{name}<T>(T Value) where T : notnull\n{{\npublic static readonly int Size = 2;\npublic bool Is(T other) => Value.Equals(other);\n"
                    + "public static string Of(T value) => $\"<{value}>\";\n}");
                Member($"Setting{name}<int>", "new(4)");
                code = holds ? Choices.Pick($"{name}.Value == 4", $"{name}.Is(4)", $"Setting{name}<string>.Size == 2", $"{name} is {{ Value: > 3 }}", $"Setting{name}<string>.Of(\"a\") == \"<a>\"")
                    : Choices.Pick($"{name}.Value < 4", $"{name}.Is(5)", $"Setting{name}<bool>.Size > 2");
                break;
            case "negation":
                var (inner, isTrue) = Condition(owner, isStatic, depth + 1);
                (code, holds) = ($"!({inner})", !isTrue);
                break;
            case "and" or "or":
                var ((a, x), (b, y)) = (Condition(owner, isStatic, depth + 1), Condition(owner, isStatic, depth + 1));
                (code, holds) = form == "and" ? ($"(({a}) && ({b}))", x && y) : ($"(({a}) || ({b}))", x || y);
                break;
            default:
                form = "field flag";
                Member("bool", Flag(holds));
                code = name;
                break;
        }

        return Use(form, (code, holds));
    }
}
