namespace QatGen.Torch;

/// <summary>Lines of cells as text in columns; a column of numbers is right-aligned.</summary>
internal static class TextTable
{
    public static string Of(string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.ToArray();
        var columns = head.Select((title, c) => (Title: title, Width: lines.Select(l => l[c].Length).Append(title.Length).Max(), IsNumber: lines.Length > 0 && lines.All(l => l[c].Length == 0 || IsNumber(l[c])))).ToArray();
        return string.Join("\n", lines.Prepend(head).Select(line => string.Join("  ", line.Select((cell, c) => columns[c].IsNumber ? cell.PadLeft(columns[c].Width) : cell.PadRight(columns[c].Width))).TrimEnd()));
    }

    /// <summary>Four digits.</summary>
    public static string Number(double value) => FormattableString.Invariant($"{value:G4}");

    private static bool IsNumber(string cell) => double.TryParse(cell, System.Globalization.CultureInfo.InvariantCulture, out _);
}
