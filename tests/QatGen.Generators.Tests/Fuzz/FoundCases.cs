using QatGen.Generators.Tests.Capture;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>What random models found, each as small as it shrank.</summary>
public class FoundCases
{
    /// <summary>A variant of a block that would read a member of null is not for any model.</summary>
    [Fact]
    public void Block_WithAModuleThatAnArgumentLeavesOut_HasTheOtherVariant() => Library.Check(
        """
        private readonly Maybe m = new();
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => m.call(x);
        """,
        [],
        asInAnEditor: false,
        new Library(Library.Source("""
            [QatBlock]
            public sealed partial class Maybe : Module<Tensor, Tensor>
            {
                private readonly Conv2d? conv;
                public Maybe(bool has = true) : base("maybe") { conv = has ? Conv2d(4, 4, 1) : null; RegisterComponents(); }
                public override Tensor forward(Tensor x) => conv!.call(x);
            }
            """)));

    private const string Late = """
        public sealed class Late() : Module<Tensor, Tensor>("late")
        {
            private readonly Conv2d conv = Conv2d(4, 4, 1);
            public override Tensor forward(Tensor x) => {|QG1006:conv.call(x)|};
        }
        """;

    [Theory]
    [InlineData("private readonly Sequential s = Sequential(new Late());")]
    [InlineData("private readonly ModuleList<Module<Tensor, Tensor>> list = new(Sequential(ReLU(), new Late())); private Module<Tensor, Tensor> s => list[0];")]
    public void Sequential_OfBlockThatRegistersNothing_IsRefused(string members) => Markup.Verify($$"""
        {{members}}
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => s.call(x);
        """, Late);
}
