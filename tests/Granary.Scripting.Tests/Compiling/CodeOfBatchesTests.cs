using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Scripting.Tests.StrategyFiles;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Plugins;
using Granary.Testing;

namespace Granary.Scripting.Tests.Compiling;

/// <summary>Batches with the key <c>code</c>, and the catalogues of their classes.</summary>
public sealed class CodeOfBatchesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-code-").FullName;
    private readonly GranaryCatalogues _catalogues = GranaryCataloguesBuilder.CreateDefault().WithCompiler(new RoslynCompiler()).Build();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Batch(string code, string strategies = """{ "class": "Idea" }""") => Encoding.UTF8.GetBytes($$"""
        { "name": "own", "code": {{code}}, "data": { "source": "{{FileUnderTest.Source}}", "symbols": ["ACME", "CRUX"], "timeframe": "1h" },
          "strategies": [ {{strategies}} ], "portfolio": { "weights": "equal" } }
        """);

    private static string Item(string text, string name = "Idea.cs") => JsonSerializer.Serialize(new { name, source = text });

    private async Task<string> DigestAsync(GranaryCatalogues catalogues, byte[] batch)
    {
        var spec = new BatchReader(catalogues).Read("batch.json", batch, _folder);
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });
        run.Model.Strategies.ShouldAllBe(s => s.Error == null);
        return run.Model.Digest;
    }

    private string Refused(string code, GranaryCatalogues? catalogues = null) => Should.Throw<InputException>(() =>
        new BatchReader(catalogues ?? _catalogues).Read("batch.json", Batch(code), _folder)).Message;

    [Fact]
    public async Task A_class_in_a_file_and_in_a_plug_in_give_the_same_digest()
    {
        var source = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "samples", "Plugin", "PullbackBuyer.cs"));
        const string Grid = """{ "class": "PullbackBuyer", "params": { "period": [10, 20, 40], "strong": [60, 70] } }""";
        var plugin = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(SamplePlugin.PullbackBuyer).Assembly).Build();
        (await DigestAsync(_catalogues, Batch($"[{Item(source, "PullbackBuyer.cs")}]", Grid))).ShouldBe(
            await DigestAsync(plugin, Batch("[]", Grid)));
    }

    [Fact]
    public async Task A_file_has_factors_and_rules_too()
    {
        var kernel = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "samples", "Plugin", "ClosePlace.cs"));
        var spec = new BatchReader(_catalogues).Read("batch.json",
            Batch($"[{Item(kernel, "ClosePlace.cs")}, {Item(FileUnderTest.Idea)}]"), _folder);
        spec.Catalogues.Factors.Names.Except(_catalogues.Factors.Names).ShouldHaveSingleItem();
        _catalogues.Strategies.Contains("Idea").ShouldBeFalse("the classes of a batch are its own");
    }

    [Fact]
    public void Equal_sources_are_compiled_once()
    {
        var batch = Batch($"[{Item(FileUnderTest.Idea)}]");
        var first = new BatchReader(_catalogues).Read("batch.json", batch, _folder).Catalogues.Strategies.Get("Idea").Type;
        new BatchReader(_catalogues).Read("batch.json", batch, _folder).Catalogues.Strategies.Get("Idea").Type.ShouldBeSameAs(first);
    }

    [Fact]
    public void Classes_that_no_batch_uses_are_unloaded()
    {
        var first = Load(0);
        for (var i = 1; i <= 20; i++) Load(i);
        for (var i = 0; i < 50 && first.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        first.IsAlive.ShouldBeFalse();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Load(int number) => new(new BatchReader(_catalogues).Read("batch.json",
        Batch($"[{Item(FileUnderTest.Idea + $"\n// {number}")}]"), _folder).Catalogues.Strategies.Get("Idea").Type.Assembly);

    [Fact]
    public void A_host_without_a_compiler_refuses_with_its_remedy()
    {
        Refused($"[{Item(FileUnderTest.Idea)}]", GranaryCataloguesBuilder.CreateDefault().WithCompiler(null, "ask the operator").Build())
            .ShouldBe("Idea.cs is not compiled here: ask the operator");
        Refused($"[{Item(FileUnderTest.Idea)}]", GranaryCataloguesBuilder.CreateDefault().Build())
            .ShouldBe("Idea.cs is not compiled here: this program has no compiler; run the batch with 'granary'");
    }

    [Fact]
    public void A_path_in_a_text_without_a_file_is_refused() =>
        Refused("""["/etc/passwd"]""")
            .ShouldStartWith("batch.json, line 1, code[0]: the file '/etc/passwd' was not replaced by its source");

    [Theory]
    [InlineData("{}", "a list of C# files is needed")]
    [InlineData("""[{ "name": "../Idea.cs", "source": "x" }]""", "'../Idea.cs' is not a name of a C# file")]
    [InlineData("""[{ "name": "Idea.txt", "source": "x" }]""", "'Idea.txt' is not a name of a C# file")]
    [InlineData("""[{ "name": "Idea.cs" }]""", "'source' is missing")]
    [InlineData("""[{ "name": "Idea.cs", "source": " " }]""", "Idea.cs is empty")]
    [InlineData("""[{ "name": "Idea.cs", "source": "class A {}", "sha256": "00" }]""", "has another SHA-256")]
    [InlineData("""[{ "name": "A.cs", "source": "class A {}" }, { "name": "a.cs", "source": "class B {}" }]""", "is there twice")]
    [InlineData("""[{ "name": "A.cs", "source": "class A {}", "text": 1 }]""", "there is no key 'text'")]
    public void A_wrong_section_is_refused(string code, string sentence) => Refused(code).ShouldContain(sentence);

    [Fact]
    public void An_expression_of_great_depth_does_not_end_the_process()
    {
        var deep = FileUnderTest.Idea.Replace("bar.Close >",
            $"{string.Concat(Enumerable.Repeat("-(", 20_000))}bar.Close{new string(')', 20_000)} >");
        var compiled = new RoslynCompiler().Compile(new CodeSource("Idea.cs", deep));
        compiled.Errors.ShouldNotBeEmpty();
    }
}
