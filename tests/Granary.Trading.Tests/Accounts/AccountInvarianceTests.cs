using System.Globalization;
using Granary.Testing;

namespace Granary.Trading.Tests.Accounts;

/// <summary>
/// A batch drawn from all capabilities of an account has, with weight 1 and without limits, the same trades, fees, financing and equity in the
/// strategy's own book, in the portfolio and on paper. Further claims hold for each of these accounts.
/// </summary>
/// <remarks>
/// GRANARY_ACCOUNTS_SEED=17 runs the batch of a seed, and GRANARY_ACCOUNTS_BATCH=FILE the batch that a failure has printed.
/// GRANARY_ACCOUNTS_SHRINK=50 shrinks as many batches of each claim, and prints what they have in common.
/// </remarks>
public sealed class AccountInvarianceTests(ITestOutputHelper output) : IDisposable
{
    private readonly AccountHosts _hosts = new();

    public void Dispose() => _hosts.Dispose();

    private static readonly IReadOnlyList<AccountCheck> s_checks =
        [AccountCheck.Own, AccountCheck.Portfolio, AccountCheck.Paper, .. AccountCheck.Scaled, .. AccountCheck.Reordered, AccountCheck.Continued];

    // How many of the first 500 batches break a claim today. A claim that is not here holds.
    private static readonly Dictionary<string, int> s_known = new(StringComparer.Ordinal)
    {
    };

    public static TheoryData<string> Names => [.. s_checks.Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_drawn_batch_has_one_account(string name)
    {
        if (Environment.GetEnvironmentVariable("GRANARY_ACCOUNTS_CHECK") is { } asked && asked != name) return;
        var check = s_checks.Single(c => c.Name == name);
        var count = new CheckCount(check);
        await count.RunAsync(_hosts, NumberOf("FROM") ?? 1, NumberOf("COUNT") ?? TestEffort.Of(500, 20_000));
        var text = count.Summary();
        if (NumberOf("SHRINK") is { } most) text += await count.CausesAsync(_hosts, most);
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("GRANARY_ACCOUNTS_OUT") is { } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, name.Replace(' ', '-') + ".txt"), text, TestContext.Current.CancellationToken);
    }

    private static int? NumberOf(string about) => Environment.GetEnvironmentVariable("GRANARY_ACCOUNTS_" + about) is { } text
        ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
