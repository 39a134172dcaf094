using System.Reflection;
using QatGen.Generators.Capture;
using QatGen.Graphs;
using QatGen.Operators;
using TorchSharp;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Every TorchSharp name that is spelled exists in the real assembly.</summary>
public class TorchNamesTests
{
    [Theory]
    [InlineData(TorchNames.Torch)]
    [InlineData(TorchNames.Neural)]
    [InlineData(TorchNames.Functional)]
    [InlineData(TorchNames.Tensor)]
    [InlineData(TorchNames.Module)]
    [InlineData(TorchNames.DisposeScope)]
    [InlineData(TorchNames.ModuleExtensions)]
    [InlineData(TorchNames.ComponentName)]
    [InlineData(TorchNames.Parameter)]
    [InlineData(TorchNames.TensorIndex)]
    public void Type_Spelled_Exists(string fullName) => Assert.Contains(fullName, Types.Select(FullName));

    [Fact]
    public void Members_Spelled_Exist()
    {
        Assert.All(TorchNames.HarmlessOnModules.Concat(TorchNames.Registering).Append(TorchNames.Training), static name => Assert.Contains(name, Members(typeof(torch.nn.Module))));
        string[] ofState = [TorchNames.RegisterComponents, TorchNames.RegisterBuffer, TorchNames.RegisterParameter, TorchNames.GetBuffer, TorchNames.GetParameter];
        Assert.All(ofState, static name => Assert.Contains(name, Members(typeof(torch.nn.Module))));
        string[] onTensors = [.. TorchNames.SameTensor, .. TorchNames.HarmlessOnTensors, .. TorchNames.ShapeOnly, TorchNames.Shape, TorchNames.Size];
        Assert.All(onTensors, static name => Assert.Contains(name, Members(typeof(torch.Tensor))));
        string[] anywhere = [.. Members(typeof(torch.Tensor)), .. Members(typeof(torch)), .. Members(typeof(torch.nn.functional)), .. Members(typeof(torch.nn)), "this"];
        Assert.All(TorchNames.Views.Concat(TorchNames.ViewModules), name => Assert.Contains(name, anywhere));
        Assert.All(TorchNames.Appending, static name => Assert.Contains(name, Members(typeof(TorchSharp.Modules.ModuleList<>)).Concat(Members(typeof(TorchSharp.Modules.Sequential)))));
        Assert.All(new[] { TorchNames.Call, TorchNames.Forward }, static name => Assert.Contains(name, Members(typeof(torch.nn.Module<torch.Tensor, torch.Tensor>))));
        Assert.All(new[] { TorchNames.Sequential, TorchNames.ModuleList }, static name => Assert.Contains($"{typeof(TorchSharp.Modules.Sequential).Namespace}.{name}", Types.Select(FullName)));
    }

    [Fact]
    public void Fields_OfGeneratedModels_HideNoMemberOfModule() => Assert.Equal(
        typeof(torch.nn.Module).GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(static m => m.Name.StartsWith('_') && m switch { FieldInfo f => !f.IsPrivate && !f.IsAssembly, MethodBase b => !b.IsPrivate && !b.IsAssembly, _ => false })
            .Select(static m => m.Name).Distinct().Order(StringComparer.Ordinal),
        Emit.QatEmitter.Inherited.Order(StringComparer.Ordinal));

    public static TheoryData<Form> Forms() => [.. Catalogue.All.SelectMany(static o => o.Forms)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Form_OfCatalogue_Exists(Form form)
    {
        var names = form.Kind switch
        {
            FormKind.Module => Types.Where(static t => t.Namespace == typeof(TorchSharp.Modules.Sequential).Namespace).Concat(Own).Select(static t => t.Name),
            FormKind.Functional => Members(typeof(torch.nn.functional)),
            FormKind.Torch => Members(typeof(torch)),
            FormKind.State => Members(typeof(torch.nn.Module)),
            FormKind.Indexer => typeof(torch.Tensor).GetProperties().Where(static p => p.GetIndexParameters().Length > 0).Select(static _ => "this"),
            _ => Members(typeof(torch.Tensor)),
        };
        Assert.Contains(form.Name, names);
    }

    [Fact]
    public void OwnModules_AreWhereTheyAreSought_AndHaveNamesOfTheirOwn()
    {
        Assert.NotEmpty(Own);
        Assert.Equal(TorchNames.OwnAssembly, Own[0].Assembly.GetName().Name);
        Assert.Empty(Own.Select(static t => t.Name).Intersect(Types.Where(static t => t.Namespace == typeof(TorchSharp.Modules.Sequential).Namespace).Select(static t => t.Name)));
    }

    private static Type[] Own { get; } = [.. typeof(QatGen.Torch.QatModel).Assembly.GetTypes().Where(static t => t is { Namespace: TorchNames.OwnModules, IsPublic: true })];

    private static Type[] Types => typeof(torch).Assembly.GetTypes();

    private static string FullName(Type type) => type.FullName!.Replace('+', '.').Split('`')[0];

    private static IEnumerable<string> Members(Type type) => type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).Select(static m => m.Name);
}
