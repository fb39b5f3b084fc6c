using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Backtesting.NewProjects;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.NewProjects;

public sealed class NewPluginProjectTests(NewPluginProjects made) : IClassFixture<NewPluginProjects>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-new-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<string> Create(string kind, string name) =>
        NewPluginProject.Create(NewPluginProjects.Of(kind), name, _folder, TestCatalogues.All);

    public static TheoryData<string> Kinds => [.. PluginTemplate.All.Select(t => t.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_new_project_has_its_files_without_a_placeholder(string kind)
    {
        const string Name = "GoldenThing";
        var (files, project) = (Create(kind, Name), Path.Combine(_folder, Name));
        files.ShouldContain(Name + ".cs");
        foreach (var file in files) File.ReadAllText(Path.Combine(project, file)).ShouldNotContain("{{", Case.Sensitive, file);
    }

    [Fact]
    public Task A_new_strategy_builds_its_tests_pass_and_its_dll_is_a_plug_in() => BuildsAsync("strategy", "GoldenHour", 10);

    [LongTheory("the same of a strategy, with the tests of each template in tests/packages.sh,")]
    [InlineData("factor", "golden-place", 12)]
    [InlineData("file format", "golden-rows", 5)]
    [InlineData("broker", "golden-gate", 22)]
    [InlineData("trainer", "golden-mean", 2)]
    [InlineData("portfolio rule", "goldenLimit", 5)]
    public Task A_new_project_of_each_other_kind_does_too(string kind, string entry, int tests) => BuildsAsync(kind, entry, tests);

    private async Task BuildsAsync(string kind, string entry, int tests)
    {
        var built = await made.BuiltAsync;
        var project = made.FolderOf(kind);
        var name = Path.GetFileName(project);
        built.ShouldNotContain("warning");

        // As its README says once; the others without the SDK, whose start costs more than their tests.
        var (code, output) = kind == "strategy" ? NewPluginProjects.Dotnet(project, "test", "Tests", "--no-build")
            : NewPluginProjects.Dotnet(project, "exec", NewPluginProjects.TestsOf(project));
        code.ShouldBe(0, output);
        var total = Regex.Match(output, @"Total: +(\d+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        int.Parse(total, CultureInfo.InvariantCulture).ShouldBe(tests, output);

        var known = GranaryCataloguesBuilder.CreateDefault().AddPlugins(Path.Combine(project, "plugin")).Build();
        known.Plugins.ShouldHaveSingleItem().Names(kind).ShouldBe([entry]);
        if (kind == "strategy") known.Strategies.Get(name).Create(new Dictionary<string, object> { ["period"] = 50 }).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_batch_of_a_new_strategy_runs_as_it_is()
    {
        await made.BuiltAsync;
        var project = made.FolderOf("strategy");
        var known = GranaryCataloguesBuilder.CreateDefault().AddPlugins(Path.Combine(project, "plugin")).Build();
        var spec = new BatchReader(known).Read(Path.Combine(project, "batch.json"));
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run") });
        run.Model.Strategies.Select(s => s.Error).ShouldAllBe(e => e == null);
        run.Model.Strategies.Sum(s => s.Stats!.Trades).ShouldBeGreaterThan(100);
    }

    [LongFact("tests/packages.sh, which runs the study of the template,")]
    public async Task A_new_study_runs_as_it_is()
    {
        await made.BuiltAsync;
        var program = Directory.EnumerateFiles(Path.Combine(made.FolderOf("study"), "bin"), "GoldenStudy.dll", SearchOption.AllDirectories);
        var (code, output) = NewPluginProjects.Dotnet(_folder, "exec", program.Single());
        code.ShouldBe(0, output);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(10, output);
    }

    [Fact]
    public async Task The_tests_of_a_new_strategy_pass_when_its_parameters_have_changed()
    {
        await made.BuiltAsync;
        var (code, output) = NewPluginProjects.Dotnet(made.ChangedFolder, "exec", NewPluginProjects.TestsOf(made.ChangedFolder));
        code.ShouldBe(0, output);
    }

    [Theory]
    [InlineData("strategy", "golden", "'golden' cannot name a strategy; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("broker", "Golden-Hour",
        "'Golden-Hour' cannot name a broker; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("factor", "", "'' cannot name a factor; use a capital letter and then letters and digits, as GoldenHour")]
    [InlineData("strategy", "SmaCross", "the strategy name 'SmaCross' is taken; choose another name")]
    [InlineData("factor", "Sma", "the factor name 'sma' is taken; choose another name")]
    [InlineData("format", "Yahoo", "the format name 'yahoo' is taken; choose another name")]
    [InlineData("broker", "Paper", "the broker name 'paper' is taken; choose another name")]
    [InlineData("trainer", "RandomForest", "the trainer name 'random-forest' is taken; choose another name")]
    [InlineData("rule", "MaxPositions", "the rule name 'maxPositions' is taken; choose another name")]
    [InlineData("strategy", "Strategy", "'Strategy' has a meaning in every strategy's file already; choose another name")]
    public void A_name_that_cannot_be_used_is_refused_and_nothing_is_made(string kind, string name, string sentence)
    {
        Should.Throw<InputException>(() => Create(kind, name)).Message.ShouldBe(sentence);
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_is_there_is_left_alone()
    {
        var mine = Directory.CreateDirectory(Path.Combine(_folder, "Mine"));
        Should.Throw<InputException>(() => Create("strategy", "Mine")).Message
            .ShouldEndWith("is there already; choose another name, or move it away");
        mine.EnumerateFileSystemInfos().ShouldBeEmpty();
    }
}
