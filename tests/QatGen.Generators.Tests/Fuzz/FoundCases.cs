using QatGen.Generators.Tests.Capture;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>What random models found, each as small as it shrank.</summary>
public class FoundCases
{
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
