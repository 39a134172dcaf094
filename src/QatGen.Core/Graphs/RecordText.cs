using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;
using QatGen.Files;

namespace QatGen.Graphs;

/// <summary>
/// Records of the graph as text: version, checksum, then <c>Name(value,...)</c> with the properties in name order.
/// It follows from the records themselves, so that a new kind or property needs no line here.
/// </summary>
internal static class RecordText
{
    public const int Version = 8;

    private static readonly ConcurrentDictionary<Type, Shape> Shapes = new();

    /// <summary>A record's constructor and the properties that make up its value.</summary>
    public sealed record Shape(ConstructorInfo Constructor, PropertyInfo[] Properties)
    {
        public static Shape Of(Type type) => Shapes.GetOrAdd(type, static t => new(
            t.GetConstructors().OrderByDescending(static c => c.GetParameters().Length).First(),
            [.. t.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.CanWrite).OrderBy(static p => p.Name, StringComparer.Ordinal)]));

        /// <summary>A record with these values of <see cref="Properties"/>.</summary>
        public object Create(object?[] values)
        {
            var parameters = Constructor.GetParameters();
            var record = Constructor.Invoke([.. parameters.Select(p => values[Array.FindIndex(Properties, q => q.Name == p.Name)])]);
            for (var i = 0; i < Properties.Length; i++)
            {
                if (parameters.All(p => p.Name != Properties[i].Name))
                {
                    Properties[i].SetValue(record, values[i]);
                }
            }

            return record;
        }
    }

    public static string Write<T>(T record)
    {
        var body = Text(record);
        return $"{Header(Version, body)}{body}";
    }

    /// <exception cref="FormatException">The text is damaged or of another version.</exception>
    public static T Read<T>(string text)
    {
        var digits = text.IndexOf(' ');
        if (digits < 0 || !int.TryParse(text.Substring(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw new FormatException("it does not start with a version");
        }

        if (version != Version)
        {
            throw new FormatException($"it has version {version}, this library reads {Version}");
        }

        var start = text.IndexOf(' ', digits + 1) + 1;
        var body = text.Substring(start);
        return text.StartsWith(Header(version, body), StringComparison.Ordinal) ? (T)new RecordReader(body).Read(typeof(T))! : throw new FormatException("its checksum is wrong");
    }

    /// <summary>The element type of a <see cref="Seq{T}"/>; null for another type.</summary>
    public static Type? ElementOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Seq<>) ? type.GetGenericArguments()[0] : null;

    private static string Header(int version, string body) =>
        $"{version.ToString(CultureInfo.InvariantCulture)} {Checksum(body).ToString("x8", CultureInfo.InvariantCulture)} ";

    private static uint Checksum(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return Crc32.Of(bytes, 0, bytes.Length);
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"",
        bool flag => flag ? "true" : "false",
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        int or long => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        Enum member => member.ToString(),
        AttributeMap map => "{" + string.Join(",", map.Select(static p => Text(p.Key) + ":" + Text(p.Value))) + "}",
        System.Collections.IEnumerable items when ElementOf(value.GetType()) is not null => "[" + string.Join(",", items.Cast<object?>().Select(Text)) + "]",
        _ => $"{value.GetType().Name}({string.Join(",", Shape.Of(value.GetType()).Properties.Select(p => Text(p.GetValue(value))))})",
    };
}
