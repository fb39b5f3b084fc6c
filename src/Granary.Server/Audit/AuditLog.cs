using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Audit;
using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Server.Audit;

/// <summary>
/// An append-only file with a line of JSON for each change of state. Each line has the hash of the line before, so that a line that is
/// changed, removed or inserted later is found by <see cref="Verify"/>.
/// </summary>
/// <remarks>
/// Several processes may append to one file: who appends holds the lock of a second file, with the ending <c>.lock</c>. A third one,
/// <c>.head</c>, holds the newest entry, so that lines that were cut off at the end are found. An operation that has begun is a file in the
/// folder <c>.open</c> until its entry is appended.
/// </remarks>
/// <param name="path">The file; made with the first entry.</param>
public sealed class AuditLog(string path, TimeProvider clock)
{
    // How long another process may append before this one gives up.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // Writers of this process wait for their turn here, in order.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The name of the file in the folder of the runs.</summary>
    public const string FileName = ".audit/audit.jsonl";

    /// <summary>Appends an entry; it is on the disk when the call returns.</summary>
    /// <exception cref="ServiceUnavailableException">The file cannot be written, or was cut.</exception>
    public Task<AuditEntry> AppendAsync(string who, string what, string target, JsonNode? before, JsonNode? after,
        CancellationToken cancellationToken = default) =>
        ExclusivelyAsync(turn => turn.Append(turn.Next(who, what, target, before, after)), cancellationToken);

    /// <summary>Records that an operation begins, before it changes anything.</summary>
    /// <exception cref="ServiceUnavailableException">The log cannot be written, or was cut.</exception>
    public Task<AuditIntent> BeginAsync(string who, string what, string target, JsonNode? before, CancellationToken cancellationToken)
    {
        var intent = new AuditIntent(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), who, what, target, before);
        return ExclusivelyAsync(_ =>
        {
            Directory.CreateDirectory(OpenFolder);
            AtomicFile.Write(FileOf(intent), JsonSerializer.SerializeToUtf8Bytes(intent, JobJson.Options));
            return intent;
        }, cancellationToken);
    }

    /// <summary>Appends the entry of an operation that has begun.</summary>
    /// <param name="target">What it was done to, which may be known only afterwards.</param>
    /// <param name="interrupted">The process that began it has ended during it.</param>
    /// <exception cref="ServiceUnavailableException">The file cannot be written.</exception>
    public Task CompleteAsync(AuditIntent intent, string target, JsonNode? after, bool interrupted = false) => ExclusivelyAsync(turn =>
    {
        // A process may have ended between its entry and the removal of the file.
        if (!interrupted || !Lines().Any(line => Parse(line)?.Operation == intent.Id))
            turn.Append(turn.Next(intent.Who, intent.What, target, intent.Before, after, intent.Id, interrupted));
        File.Delete(FileOf(intent));
        return true;
    }, CancellationToken.None);

    /// <summary>Forgets an operation that has begun and changed nothing.</summary>
    public void Withdraw(AuditIntent intent) => File.Delete(FileOf(intent));

    /// <summary>Operations that have begun and not ended, oldest first.</summary>
    /// <exception cref="InputException">The file of one is damaged.</exception>
    public IReadOnlyList<AuditIntent> Open() => !Directory.Exists(OpenFolder) ? []
        : [.. Directory.EnumerateFiles(OpenFolder, "*.json").Where(f => Path.GetFileName(f)[0] != '.').Order(StringComparer.Ordinal)
            .Select(ReadIntent)];

    /// <summary>Entries, the newest first.</summary>
    /// <param name="before">Only those with a smaller sequence number.</param>
    public IReadOnlyList<AuditEntry> Newest(long before, int limit)
    {
        var kept = new Queue<AuditEntry>();
        foreach (var line in Lines())
        {
            var entry = Parse(line);
            if (entry is null || entry.Sequence >= before) continue;
            kept.Enqueue(entry);
            if (kept.Count > limit) kept.Dequeue();
        }
        return [.. kept.Reverse()];
    }

    /// <summary>Checks the chain.</summary>
    /// <returns>How many entries there are, and the first line that is wrong with the reason; null where all are right.</returns>
    /// <exception cref="InputException">The head is damaged.</exception>
    public (long Entries, string? Fault) Verify()
    {
        var head = AuditHead.Read(path);
        var (number, previous) = (0L, (AuditEntry?)null);
        AuditEntry? atHead = null;
        foreach (var line in Lines())
        {
            number++;
            if (Parse(line) is not { } entry) return (number, $"{path}, line {number}: this is no entry of an audit log");
            if (entry.Sequence != number || entry.Previous != (previous?.Hash ?? ""))
                return (number, $"{path}, line {number}: it does not follow the line before; a line was changed, removed or inserted here");
            if (AuditTurn.HashOf(entry) != entry.Hash)
                return (number, $"{path}, line {number}: its content does not have its hash; it was changed");
            if (number == head?.Sequence) atHead = entry;
            previous = entry;
        }
        // Writers may have gone on since the head was read.
        return (number, AuditHead.FaultOf(path, head, atHead ?? previous));
    }

    private string OpenFolder => path + ".open";

    private string FileOf(AuditIntent intent) => Path.Combine(OpenFolder, intent.Id + ".json");

    private static AuditIntent ReadIntent(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditIntent>(File.ReadAllBytes(file), JobJson.Options)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InputException($"{file} is damaged ({e.Message.TrimEnd('.')}): it holds an operation that was interrupted; put back "
                + "a copy, or remove it", e);
        }
    }

    private IEnumerable<string> Lines()
    {
        if (!File.Exists(path)) yield break;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static AuditEntry? Parse(string line) => AuditTurn.Parse(Encoding.UTF8.GetBytes(line));

    /// <summary>Does work while no other process or thread can append.</summary>
    /// <exception cref="ServiceUnavailableException">The file cannot be written, or was cut.</exception>
    /// <remarks>
    /// .NET's locks of files that are shared for reading do not keep a second writer out on Linux, hence the second file.
    /// </remarks>
    public async Task<T> ExclusivelyAsync<T>(Func<AuditTurn, T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await using var turn = await ExclusiveFile.OpenAsync(path + ".lock", LongestWait, cancellationToken).ConfigureAwait(false);
            await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            return work(new AuditTurn(path, file, clock));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceUnavailableException($"the audit log {path} cannot be written ({e.Message.TrimEnd('.')}); make room, or give "
                + "the user of this process the right", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
