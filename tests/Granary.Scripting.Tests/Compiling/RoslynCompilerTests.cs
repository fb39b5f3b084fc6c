using Granary.Scripting.Completion;
using Granary.Simulation.Plugins;

namespace Granary.Scripting.Tests.Compiling;

public sealed class RoslynCompilerTests
{
    private const string Idea = """
        /// <summary>Buys above the average.</summary>
        public sealed class Idea : Strategy
        {
            private readonly Factor _average;

            public Idea([Range(2, 200)] int length = 20) => _average = Use("sma", length);

            public override void OnBar(StrategyContext bar)
            {
                if (bar.Close > bar[_average]) bar.Go(Side.Buy);
                else bar.Exit();
            }
        }
        """;

    private readonly RoslynCompiler _compiler = new();

    [Fact]
    public void A_file_needs_no_usings()
    {
        var result = _compiler.Compile(new CodeSource("Idea.cs", Idea));
        result.Diagnostics.ShouldBeEmpty();
        result.Image.ShouldNotBeNull();
    }

    [Fact]
    public void An_equal_source_gives_equal_bytes()
    {
        var first = _compiler.Compile(new CodeSource("Idea.cs", Idea)).Image;
        new RoslynCompiler().Compile(new CodeSource("Idea.cs", Idea)).Image.ShouldBe(first);
    }

    [Fact]
    public void An_error_has_its_line_and_column()
    {
        var result = _compiler.Compile(new CodeSource("Idea.cs", Idea.Replace("Side.Buy", "Sied.Buy")));
        result.Image.ShouldBeNull();
        result.Errors.Single().ToString().ShouldBe("Idea.cs(10,47): error CS0103: The name 'Sied' does not exist in the current context");
    }

    [Theory]
    [InlineData("#:package Newtonsoft.Json@13.0.3")]
    [InlineData("#r \"nuget: Newtonsoft.Json\"")]
    [InlineData("#load \"other.csx\"")]
    public void A_directive_of_scripts_is_refused(string directive)
    {
        var error = _compiler.Compile(new CodeSource("Idea.cs", directive + "\n" + Idea)).Errors.Single();
        (error.Line, error.Column, error.Id).ShouldBe((1, 1, "GR0001"));
        error.Message.ShouldContain("is not available");
    }

    [Fact]
    public void Completion_names_the_members_of_the_context_with_their_documentation()
    {
        var position = Idea.IndexOf("bar.Exit", StringComparison.Ordinal) + 4;
        var items = _compiler.Complete(new CodeSource("Idea.cs", Idea), position);
        var close = items.Single(i => i.Label == "Close");
        close.Kind.ShouldBe("property");
        close.Documentation.ShouldNotBeNull();
        items.ShouldNotContain(i => i.Label == "Strategy");
    }
}
