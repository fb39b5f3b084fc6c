using Granary.Engine.Factors;
using Granary.Simulation.Plugins;

namespace Granary.Scripting.Tests.Completion;

/// <summary>Names at a position; the cursor is the mark ‸ in each source.</summary>
public sealed class CodeCompletionTests(ITestOutputHelper output)
{
    private const char Cursor = '‸';

    private static readonly RoslynCompiler s_compiler = new();

    private static CompletionList At(string marked, RoslynCompiler? compiler = null)
    {
        var position = marked.IndexOf(Cursor);
        var source = marked.Remove(position, 1);
        var found = (compiler ?? s_compiler).Complete(new CodeSource("Idea.cs", source), position, FactorCatalogue.BuiltIn);
        found.Start.ShouldBeInRange(0, position);
        return found;
    }

    private static string InMethod(string code) => $$"""
        public sealed class Idea : Strategy
        {
            private readonly Crossing _cross;
            private readonly Factor _fast;

            public Idea([Range(2, 100)] int fast = 10)
            {
                _fast = Use("sma", fast);
                _cross = Cross(_fast, 10);
            }

            public override void OnBar(StrategyContext bar)
            {
                var turn = _cross.At(bar);
                {{code}}
            }
        }
        """;

    private static string InClass(string code) => $$"""
        public sealed class Idea : Strategy
        {
            {{code}}
        }
        """;

    private static string[] Labels(string marked) => [.. At(marked).Items.Select(i => i.Label)];

    [Theory]
    [InlineData("bar.‸")]
    [InlineData("bar.‸;")]
    [InlineData("bar.En‸")]
    [InlineData("if (turn > 0) bar.‸\n        else bar.Exit();")]
    [InlineData("if (bar.‸) bar.Exit();")]
    [InlineData("bar\n            .‸")]
    [InlineData("bar?.‸")]
    public void After_a_dot_are_the_members_of_the_value(string code)
    {
        var found = At(InMethod(code));
        foreach (var name in (string[])["Enter", "Exit", "Go", "Close", "EntryPrice"]) found.Items.ShouldContain(i => i.Label == name);
        found.Items.ShouldNotContain(i => i.Label == "turn" || i.Label == "GetHashCode" || i.Label == "if");
        found.Items.Single(i => i.Label == "Exit").ShouldSatisfyAllConditions(i => i.Kind.ShouldBe("method"),
            i => i.Documentation.ShouldNotBeNullOrEmpty());
    }

    [Fact]
    public void After_a_type_and_a_dot_are_its_static_members()
    {
        Labels(InMethod("bar.Enter(Side.‸)")).ShouldBe(["Buy", "Sell"]);
        var math = Labels(InMethod("var x = Math.‸"));
        math.ShouldContain("Max");
        math.ShouldNotContain("Equals");
    }

    [Fact]
    public void A_name_that_begins_can_be_a_local_a_parameter_a_field_a_member_a_type_or_a_keyword()
    {
        var found = At(InMethod("if (t‸"));
        string[] labels = [.. found.Items.Select(i => i.Label)];
        foreach (var name in (string[])["turn", "bar", "_cross", "_fast", "Side", "Math", "List", "Idea", "true", "Cross", "Use"])
            labels.ShouldContain(name);
        found.Items.Single(i => i.Label == "turn").Kind.ShouldBe("local");
        found.Items.Single(i => i.Label == "_cross").Kind.ShouldBe("field");
        labels.Length.ShouldBe(labels.Distinct().Count());
    }

    [Fact]
    public void What_a_name_replaces_begins_at_its_first_letter()
    {
        var marked = InMethod("bar.Ent‸");
        At(marked).Start.ShouldBe(marked.IndexOf("Ent‸", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("override ‸", "override OnBar")]
    [InlineData("override On‸", "override OnBar")]
    [InlineData("public override ‸", "public override OnBar")]
    [InlineData("private int _n;\n\n    public override On‸\n\n    private int _m;", "public override OnBar")]
    public void After_override_are_the_methods_of_the_base_class_with_their_bodies(string code, string label)
    {
        var marked = InClass(code);
        var found = At(marked);
        var stub = found.Items.Single(i => i.Label == label);
        stub.Kind.ShouldBe("override");
        stub.Insert.ShouldBe("public override void OnBar(StrategyContext bar)\n{\n    $0\n}");
        var position = marked.IndexOf(Cursor);
        var whole = marked.Remove(position, 1)[..found.Start] + stub.Insert!.Replace("$0", "") + marked[(position + 1)..];
        s_compiler.Compile(new CodeSource("Idea.cs", whole)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_method_that_the_class_has_already_is_not_offered_again() =>
        Labels(InMethod("}\n\n    public override ‸\n    {")).ShouldNotContain("public override OnBar");

    [Fact]
    public void Within_the_quotes_of_Use_are_factors_with_their_parameters()
    {
        var found = At(InClass("private readonly Factor _f;\n    public Idea() => _f = Use(\"ma‸\");"));
        var macd = found.Items.Single(i => i.Label == "macd");
        macd.Kind.ShouldBe("factor");
        macd.Signature.ShouldStartWith("macd(");
        macd.Documentation.ShouldNotBeNullOrEmpty();
        macd.Insert.ShouldStartWith("macd(");
        FactorCatalogue.BuiltIn.Parse(macd.Insert!.Replace("$0", ""));
        found.Items.Count.ShouldBe(FactorCatalogue.BuiltIn.All.Count);
    }

    [Theory]
    [InlineData("Use(\"macd(12,26,9).‸\")", "signal")]
    [InlineData("Use(\"macd(12,26,9).si‸\")", "signal")]
    [InlineData("Use(\"macd.‸\")", "signal")]
    [InlineData("Use(\"sma(20)@‸\")", "1h")]
    [InlineData("Use(\"sma(20)@1‸", "1h")]
    [InlineData("Use(\"rs‸", "rsi")]
    public void Within_the_quotes_of_Use_are_lines_after_a_dot_and_timeframes_after_an_at(string call, string expected) =>
        Labels(InClass($"public Idea() => {call}")).ShouldContain(expected);

    [Theory]
    [InlineData("var text = \"ba‸\";")]
    [InlineData("var text = $\"ba‸\";")]
    [InlineData("var letter = 'b‸';")]
    [InlineData("// ba‸")]
    [InlineData("/* ba‸ */")]
    [InlineData("/* ba‸")]
    [InlineData("var x = 12‸;")]
    [InlineData("Use(\"sma(2‸")]
    public void Nothing_is_offered_in_texts_comments_and_numbers(string code) => Labels(InMethod(code)).ShouldBeEmpty();

    [Fact]
    public void An_expression_within_a_text_has_names() => Labels(InMethod("var text = $\"{ba‸}\";")).ShouldContain("bar");

    [Fact]
    public void An_attribute_has_the_names_of_attributes_without_their_ending()
    {
        Labels(InClass("public Idea([Ra‸ int fast = 10) { }")).ShouldContain("Range");
        Labels("[‸]\npublic sealed class Idea : Strategy { }").ShouldContain("Strategy");
    }

    [Fact]
    public void A_parameter_has_its_range() =>
        At(InClass("public Idea([Range(2, 100)] int fast = 10)\n    {\n        Use(\"sma\", fa‸);\n    }")).Items
            .Single(i => i.Label == "fast")
            .Documentation.ShouldBe("From 2 to 100.");

    [Theory]
    [InlineData("public‸")]
    [InlineData(".‸")]
    [InlineData("class { } } } ) ‸ (")]
    [InlineData("public override ‸")]
    [InlineData("Use(\"‸")]
    [InlineData("\"‸")]
    [InlineData("[‸")]
    [InlineData("bar.‸.")]
    [InlineData("𝒳.‸")]
    public void A_text_that_is_no_code_has_an_answer(string marked) => At(marked);

    [Fact]
    public void Each_position_of_a_file_has_an_answer()
    {
        var source = InMethod("if (turn > 0 && bar[_fast] > 1) { bar.Enter(Side.Buy); } // text \"x\"\n"
            + "        var s = $\"{turn:0.0} {bar.Close}\";");
        for (var at = 0; at <= source.Length; at += 3) At(source.Insert(at, Cursor.ToString()));
    }

    // A second answer took 2 to 180 ms, by the load of the machine; what it allocates does not depend on that.
    [Fact]
    public void A_second_answer_does_not_read_the_assemblies_again()
    {
        string[] sources = [InMethod("bar.‸"), InMethod("t‸"), InClass("override ‸"), InClass("public Idea() => Use(\"‸\");")];
        var compiler = new RoslynCompiler();
        var first = Allocated(sources[0], compiler);
        foreach (var source in sources) At(source, compiler);
        var second = sources.Select(source => Allocated(source, compiler)).ToList();
        output.WriteLine(FormattableString.Invariant($"megabytes: the first {first:0.0}, later at most {second.Max():0.0}"));
        second.Max().ShouldBeLessThan(first / 3);
    }

    private static double Allocated(string marked, RoslynCompiler compiler)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        At(marked, compiler);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1e6;
    }
}
