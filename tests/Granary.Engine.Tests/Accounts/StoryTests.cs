using System.Diagnostics;
using Granary.Testing;

namespace Granary.Engine.Tests.Accounts;

/// <summary>
/// The account of a strategy, of the exchange in memory, of a ledger and of a portfolio book each story as stories.py does.
/// </summary>
public sealed class StoryTests
{
    public static TheoryData<string> Names => [.. Story.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_strategy_books_it(string name) => Compare(StoryHosts.Run(Story.All[name]).Strategy, Story.All[name].Expected);

    [Theory, MemberData(nameof(Names))]
    public void The_exchange_in_memory_books_it(string name) =>
        Compare(StoryHosts.Run(Story.All[name]).Venue, Story.All[name].Expected, hasTrades: false);

    [Theory, MemberData(nameof(Names))]
    public void The_ledger_of_a_live_account_books_it(string name) =>
        Compare(StoryHosts.Run(Story.All[name]).Ledger, Story.All[name].Expected, hasTrades: false);

    [Theory, MemberData(nameof(Names))]
    public void A_portfolio_of_the_strategys_size_books_it(string name) =>
        Compare(StoryHosts.Run(Story.All[name]).Portfolio, Story.All[name].Expected, hasFinancing: false);

    [Theory, MemberData(nameof(Names))]
    public void A_larger_portfolio_pays_the_costs_of_its_own_size(string name) =>
        Compare(StoryHosts.Run(Story.All[name], Story.All[name].Scale).Portfolio, Story.All[name].Scaled!, hasFinancing: false);

    // 1 % of a bar of 100 is 1: of the 5 of the portfolio 1 leaves with its strategy, 1 a day later, and 3 in the delisting.
    [Fact]
    public void What_waits_for_volume_leaves_with_its_symbol()
    {
        double[][] bars = [[100, 100, 100, 100, 1000], [100, 100, 100, 100, 1000], [101, 101, 101, 101, 100], [102, 102, 102, 102, 100],
            [103, 105, 103, 104, 100]];
        var story = new Story("waiting", 100_000, new StoryExecution(VolumePercent: 1), new StorySettings(),
            new StoryInstrument(Lot: 1, Delisted: 4), bars, [new StoryAct(0, "buy", 1), new StoryAct(1, "leave long", 0)],
            new StoryOutcome([], [], [], 0, 0));
        var found = StoryHosts.Run(story, scale: 5).Portfolio;
        found.Fills.Select(f => (f.Day, f.Quantity, f.Price)).ShouldBe([(1, 5, 100), (2, 1, 101), (3, 1, 102), (4, 3, 104)]);
        found.Position.ShouldBe(0);
    }

    [Fact]
    public async Task The_recorded_stories_are_those_of_the_account_in_Python() => (await PythonAsync()).ShouldBe(Story.Text);

    // 500 in each run, 20,000 in the long form.
    [Fact]
    public async Task All_hosts_book_random_stories_as_the_account_in_Python()
    {
        const int Batch = 500;
        var faults = new List<string>();
        for (var seed = 1; seed <= TestEffort.Of(1, 40); seed++)
            foreach (var story in Story.Parse(await PythonAsync($"{Batch}", $"{seed}")))
                faults.AddRange(FaultsOf(story).Select(f => $"seed {seed}, story {story.Name}, {f}"));
        faults.Take(20).ShouldBeEmpty($"{faults.Count} in all");
    }

    private static IEnumerable<string> FaultsOf(Story story)
    {
        var hosts = StoryHosts.Run(story);
        foreach (var (host, differences) in ((string, List<string>)[])[
            ("strategy", StoryComparison.Differences(hosts.Strategy, story.Expected)),
            ("exchange", StoryComparison.Differences(hosts.Venue, story.Expected, hasTrades: false)),
            ("ledger", StoryComparison.Differences(hosts.Ledger, story.Expected, hasTrades: false)),
            ("portfolio", StoryComparison.Differences(hosts.Portfolio, story.Expected, hasFinancing: false)),
            ("larger portfolio", StoryComparison.Differences(StoryHosts.Run(story, story.Scale).Portfolio, story.Scaled!,
                hasFinancing: false))])
            if (differences.Count > 0)
                yield return $"{host}: {differences[0]}";
    }

    // What stories.py prints.
    private static async Task<string> PythonAsync(params string[] arguments)
    {
        OptionalProgram.Require("python3", "python3");
        var script = Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Engine.Tests", "Accounts", "stories.py");
        using var python = Process.Start(new ProcessStartInfo("python3", ["-I", script, .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var text = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        python.ExitCode.ShouldBe(0);
        return text;
    }

    private static void Compare(StoryOutcome found, StoryOutcome wanted, bool hasTrades = true, bool hasFinancing = true) =>
        StoryComparison.Differences(found, wanted, hasTrades, hasFinancing).ShouldBeEmpty();
}
