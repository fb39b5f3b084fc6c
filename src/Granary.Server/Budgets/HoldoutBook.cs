using System.Text;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Server.Budgets;

/// <summary>The judgements of the research of each key, which are only appended. They are of the same folder as the accounts.</summary>
internal sealed class HoldoutBook(TrialAccounts accounts)
{
    /// <summary>
    /// Records that a judgement begins, before it reads a bar. A judgement of the same result that was interrupted continues.
    /// </summary>
    /// <param name="account">The account whose research it is.</param>
    /// <param name="begun">The judgement; its number is set here.</param>
    /// <param name="again">Whether to judge on a holdout that was judged already.</param>
    /// <exception cref="InputException">The holdout was judged already.</exception>
    public async Task<HoldoutJudgement> BeginAsync(string account, HoldoutJudgement begun, bool again, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = await accounts.OpenAsync(accounts.FileOf(account, ".judged"), cancellationToken).ConfigureAwait(false);
            var known = Read(file).Where(j => j.Holdout == begun.Holdout).ToList();
            if (known.LastOrDefault(j => j.Result == begun.Result) is { } own) return own with { After = null, Sentence = null };
            var earlier = known.DistinctBy(j => j.Result).ToList();
            if (earlier.Count > 0 && !again)
                throw new InputException($"the bars after {begun.Holdout.UtcDateTime:yyyy-MM-dd HH:mm:ss} have judged this research already: "
                    + string.Join("; ", known.GroupBy(j => j.Result).Select(g => Shown(g.Last()))) + ". Another judgement is no longer a test on "
                    + "unseen bars; --again judges all the same and is counted");
            var numbered = begun with { Number = earlier.Count + 1 };
            Append(file, account, numbered);
            return numbered;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TrialAccounts.Unavailable(e);
        }
    }

    /// <summary>Records the outcome of a judgement.</summary>
    public async Task EndAsync(string account, HoldoutJudgement judged, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = await accounts.OpenAsync(accounts.FileOf(account, ".judged"), cancellationToken).ConfigureAwait(false);
            Read(file);
            Append(file, account, judged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TrialAccounts.Unavailable(e);
        }
    }

    private static string Shown(HoldoutJudgement judged) => FormattableString.Invariant(
        $"{judged.Run} by {judged.By} at {judged.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}") + (judged.Sentence is { } sentence ? $" ({sentence})"
        : " (it was interrupted)");

    // A line that a crash cut short is removed.
    private static List<HoldoutJudgement> Read(DiskFile file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        file.SetLength(whole);
        return [.. Encoding.UTF8.GetString(bytes.AsSpan(0, whole)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<HoldoutJudgement>(line, JobJson.Options)!)];
    }

    private void Append(DiskFile file, string account, HoldoutJudgement judged) => accounts.Append(file,
        accounts.FileOf(account, ".judged"), [.. JsonSerializer.SerializeToUtf8Bytes(judged, s_line), (byte)'\n']);

    private static readonly JsonSerializerOptions s_line = new(JobJson.Options) { WriteIndented = false };
}
