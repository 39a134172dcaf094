using System.Globalization;
using System.Text;

namespace QatGen.Graphs;

/// <summary>Reads the body that <see cref="RecordText"/> wrote, guided by the types that are expected.</summary>
internal sealed class RecordReader(string text)
{
    private const int Deepest = 200;
    private int _position;
    private int _depth;

    /// <summary>The one value of the text.</summary>
    public object? Read(Type type)
    {
        var value = Value(type);
        return _position == text.Length ? value : throw Damaged();
    }

    private object? Value(Type type)
    {
        if (++_depth > Deepest)
        {
            throw Damaged();
        }

        var value = type == typeof(string) ? String()
            : type == typeof(bool) ? Word() switch { "true" => true, "false" => false, _ => throw Damaged() }
            : type == typeof(int) ? int.TryParse(Word(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Damaged()
            : type == typeof(long) ? long.TryParse(Word(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : throw Damaged()
            : type == typeof(double) ? double.TryParse(Word(), NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : throw Damaged()
            : type.IsEnum ? Word() is var name && Enum.IsDefined(type, name) ? Enum.Parse(type, name) : throw Damaged()
            : type == typeof(AttributeMap) ? new AttributeMap(List('{', '}', Attribute))
            : RecordText.ElementOf(type) is { } element ? Sequence(type, element)
            : Record(type);
        _depth--;
        return value;
    }

    private object? Record(Type type)
    {
        var name = Word();
        if (name == "null")
        {
            return null;
        }

        var actual = type.IsAbstract ? type.GetNestedTypes().FirstOrDefault(t => t.Name == name && type.IsAssignableFrom(t)) : type.Name == name ? type : null;
        var shape = RecordText.Shape.Of(actual ?? throw Damaged());
        var values = new object?[shape.Properties.Length];
        Expect('(');
        for (var i = 0; i < values.Length; i++)
        {
            Skip(',', i > 0);
            values[i] = Value(shape.Properties[i].PropertyType);
        }

        Expect(')');
        return shape.Create(values);
    }

    private object Sequence(Type type, Type element)
    {
        var items = List('[', ']', () => Value(element) ?? throw Damaged());
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            array.SetValue(items[i], i);
        }

        return Activator.CreateInstance(type, array)!;
    }

    private KeyValuePair<string, Value> Attribute()
    {
        var name = String();
        Expect(':');
        return new(name, (Value)(Value(typeof(Value)) ?? throw Damaged()));
    }

    private List<T> List<T>(char open, char close, Func<T> item)
    {
        var items = new List<T>();
        Expect(open);
        while (_position < text.Length && text[_position] != close)
        {
            Skip(',', items.Count > 0);
            items.Add(item());
        }

        Expect(close);
        return items;
    }

    private string String()
    {
        var result = new StringBuilder();
        Expect('"');
        while (_position < text.Length && text[_position] != '"')
        {
            _position += text[_position] == '\\' ? 1 : 0;
            result.Append(_position < text.Length ? text[_position++] : throw Damaged());
        }

        Expect('"');
        return result.ToString();
    }

    private string Word()
    {
        var start = _position;
        while (_position < text.Length && (char.IsLetterOrDigit(text[_position]) || text[_position] is '+' or '-' or '.' or '_'))
        {
            _position++;
        }

        return text.Substring(start, _position - start);
    }

    private void Skip(char separator, bool isExpected)
    {
        if (isExpected)
        {
            Expect(separator);
        }
    }

    private void Expect(char expected)
    {
        if (_position >= text.Length || text[_position++] != expected)
        {
            throw Damaged();
        }
    }

    private FormatException Damaged() => new($"it is damaged at character {_position}");
}
