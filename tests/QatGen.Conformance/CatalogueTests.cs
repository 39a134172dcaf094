using System.Reflection;
using QatGen.Graphs;
using QatGen.Operators;
using TorchSharp;

namespace QatGen.Conformance;

/// <summary>What operators say of TorchSharp, and of the modules beside it, against the real ones.</summary>
public sealed class CatalogueTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;

    public static IEnumerable<object[]> Forms => Catalogue.All.SelectMany(static o => o.Forms.Select(f => new object[] { o.Name, f.Kind, f.Name }));

    public static TheoryData<string> Names => new(Catalogue.All.Select(static o => o.Name));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Form_ExistsInTorchSharp(string op, FormKind kind, string name) => Assert.True(Declarations(new(kind, name)).Any(), $"{op}: TorchSharp has no {kind} {name}");

    [Theory]
    [MemberData(nameof(Names))]
    public void Arguments_AreParametersInTorchSharp(string name)
    {
        var op = Catalogue.Get(name);
        var parameters = op.Forms.SelectMany(Declarations).SelectMany(static m => m.GetParameters()).Select(static p => p.Name).ToHashSet();
        Assert.All(op.Forms.Count == 0 ? [] : op.Structural.Concat(op.Sizes).Where(static s => !ConstantTensor.Added.Contains(s)), s => Assert.Contains(s, parameters));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Examples_AreThereUnlessRemoved(string name)
    {
        var op = Catalogue.Get(name);
        Assert.Equal(op.IsIdentity, !op.Examples().Any());
    }

    /// <summary>The methods that a form can mean; for a module those of its factory in torch.nn, or its constructors.</summary>
    private static IEnumerable<MethodBase> Declarations(Form form) => form.Kind switch
    {
        FormKind.Module when typeof(torch).Assembly.GetType("TorchSharp.Modules." + form.Name) is not null => Named(typeof(torch.nn), form.Name),
        FormKind.Module => typeof(Torch.Nn.Correlation).Assembly.GetType("QatGen.Torch.Nn." + form.Name)?.GetConstructors() ?? [],
        FormKind.Functional => Named(typeof(torch.nn.functional), form.Name),
        FormKind.Torch => Named(typeof(torch), form.Name),
        FormKind.Method or FormKind.Symbol => Named(typeof(torch.Tensor), form.Name),
        FormKind.Property => Named(typeof(torch.Tensor), "get_" + form.Name),
        FormKind.Indexer => typeof(torch.Tensor).GetProperties(Any).Where(static p => p.GetIndexParameters().Length > 0).Select(static p => p.GetMethod!),
        FormKind.State => Named(typeof(torch.nn.Module), form.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(form)),
    };

    private static IEnumerable<MethodBase> Named(Type type, string name) => type.GetMethods(Any).Where(m => m.Name == name);
}
