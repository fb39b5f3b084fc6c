using System.Globalization;
using System.Text;
using Granary.Testing;

namespace Granary.Trading.Tests.Accounts;

/// <summary>
/// A batch drawn from all capabilities of an account has, with weight 1 and without limits, the same trades, fees, financing and equity in
/// the strategy's own book, in the portfolio and on paper. Further claims hold for each of these accounts.
/// </summary>
/// <remarks>
/// Variables of the environment, for a person:
/// GRANARY_ACCOUNTS_SEED=17 runs the batch of a seed, and GRANARY_ACCOUNTS_BATCH=FILE the batch that a failure has printed;
/// GRANARY_ACCOUNTS_CHECK=portfolio counts for one claim, GRANARY_ACCOUNTS_COUNT=2000 over as many seeds,
/// GRANARY_ACCOUNTS_SHRINK=20 shrinks as many batches of each kind of difference and counts what they have in common.
/// </remarks>
public sealed class AccountInvarianceTests(ITestOutputHelper output) : IDisposable
{
    // The first seeds, for which the known numbers hold.
    private const int Counted = 500;
    private const int Shrunk = 3;

    private static readonly IReadOnlyList<AccountCheck> s_checks =
        [AccountCheck.Portfolio, AccountCheck.Paper, .. AccountCheck.Scaled, .. AccountCheck.Reordered, AccountCheck.Continued];

    // How many of the counted batches break a claim today: all, and those that differ by more than rounding. A claim without a line holds.
    // Remove the line of a claim to switch it on.
    private static readonly IReadOnlyDictionary<string, (int All, int BeyondRounding)> s_known =
        new Dictionary<string, (int All, int BeyondRounding)>(StringComparer.Ordinal)
        {
            ["portfolio"] = (9, 8),
            ["paper"] = (252, 204),
            ["continued session"] = (1, 1),
        };

    private readonly AccountHosts _hosts = new();

    public void Dispose() => _hosts.Dispose();

    public static TheoryData<string> Names => [.. s_checks.Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Drawn_batches_break_a_claim_no_more_often_than_is_known(string name)
    {
        if (Asked("CHECK") is { } asked && asked != name) return;
        var check = s_checks.Single(c => c.Name == name);
        var counts = new CheckCount(check);
        var usual = NumberOf("COUNT") ?? check.Usual;
        await counts.RunAsync(_hosts, 1, usual);
        var text = counts.Summary();
        if (NumberOf("SHRINK") is { } shrunk) text += await counts.CausesAsync(_hosts, shrunk);
        output.WriteLine(text);
        if (Asked("OUT") is { } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, name.Replace(' ', '-') + ".txt"), text,
                TestContext.Current.CancellationToken);
        var broken = counts.Broken.Where(b => b.Drawn.Seed <= Counted).ToList();
        var beyond = broken.Where(b => !b.Found.IsRounding).ToList();
        var (all, most) = s_known.GetValueOrDefault(name);
        if (broken.Count > all || beyond.Count > most)
            Assert.Fail($"{broken.Count} batches differ, {beyond.Count} by more than rounding; known are {all} and {most}\n"
                + await TextOfAsync(counts, (beyond.Count > most ? beyond : broken).Take(Shrunk)));
        if (!TestEffort.IsLong) return;
        var further = new CheckCount(check);
        await further.RunAsync(_hosts, usual + 1, check.Usual * 39);
        output.WriteLine(further.Summary());
        if (!s_known.ContainsKey(name))
            further.Failures.ShouldBe(0, await TextOfAsync(further, further.Broken.Take(Shrunk)));
    }

    // What a person needs to see the fault: the smallest batches, and how to run them.
    private async Task<string> TextOfAsync(CheckCount counts, IEnumerable<(DrawnBatch Drawn, Difference Found)> broken)
    {
        var text = new StringBuilder();
        foreach (var (drawn, found) in broken)
        {
            var (smallest, difference) = await counts.ShrinkAsync(_hosts, drawn, found);
            text.AppendLine(CultureInfo.InvariantCulture, $"seed {drawn.Seed}, {difference}");
            text.AppendLine(CultureInfo.InvariantCulture, $"{smallest}");
        }
        return text.AppendLine("Put a batch into a file, and run this class with GRANARY_ACCOUNTS_BATCH=FILE.").ToString();
    }

    [Fact]
    public async Task The_text_of_a_batch_runs_it_again()
    {
        var drawn = Asked("BATCH") is { } file ? DrawnBatch.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))
            : DrawnBatches.Of(NumberOf("SEED") ?? 1);
        var again = DrawnBatch.Parse($"{drawn}");
        $"{again}".ShouldBe($"{drawn}");
        var own = await _hosts.OwnBooksAsync(drawn);
        AccountComparison.Differences(await _hosts.OwnBooksAsync(again), own).ShouldBeEmpty();
        if (Asked("BATCH") is null && Asked("SEED") is null) return;
        output.WriteLine(drawn.ToBatch());
        foreach (var trade in own.Trades) output.WriteLine($"{trade}");
        foreach (var check in s_checks.Where(c => c.Applies(drawn)))
            foreach (var difference in (await check.CompareAsync(_hosts, drawn)).Take(10)) output.WriteLine($"{check.Name}: {difference}");
    }

    private static string? Asked(string about) => Environment.GetEnvironmentVariable("GRANARY_ACCOUNTS_" + about);

    private static int? NumberOf(string about) => Asked(about) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
