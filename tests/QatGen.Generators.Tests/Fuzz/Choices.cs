namespace QatGen.Generators.Tests.Fuzz;

/// <summary>
/// The choices that a random model is made of: drawn from a seed, or replayed from a list and zero after its end. Zero is always the simplest choice, so that a model shrinks by shortening its list.
/// </summary>
internal sealed class Choices
{
    private readonly Random? _random;
    private readonly IReadOnlyList<int> _given = [];
    private readonly List<int> _made = [];

    public Choices(int seed) => _random = new(seed);

    public Choices(IReadOnlyList<int> given) => _given = given;

    public IReadOnlyList<int> Made => _made;

    /// <summary>A number below <paramref name="count"/>.</summary>
    public int Next(int count)
    {
        var choice = _random is not null ? _random.Next(count) : _made.Count < _given.Count ? _given[_made.Count] % count : 0;
        _made.Add(choice);
        return choice;
    }

    /// <summary>True once in <paramref name="times"/>; false is the simplest.</summary>
    public bool OneIn(int times) => Next(times) == times - 1;

    public T Pick<T>(params IReadOnlyList<T> items) => items[Next(items.Count)];
}
