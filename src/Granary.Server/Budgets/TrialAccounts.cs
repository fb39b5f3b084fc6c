using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Reporting.Runs;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Server.Budgets;

/// <summary>
/// The accounts of callers with limits: which combinations and configurations each has tried, and which jobs it has submitted. All
/// processes and silos that share the folder share the accounts.
/// </summary>
/// <remarks>
/// A file of combinations has records of 16 bytes, a file of jobs has lines. Both are only appended, by one process at a time, and are on
/// the disk before the call returns. A process that ends in between leaves more charged than it has run, never less, and the same
/// combinations are not charged again. A charge is never given back: the results may have been seen.
/// </remarks>
/// <param name="folder">Created when it is first needed.</param>
/// <param name="timeout">Maximum wait for another process that has a file open; null = 30 seconds.</param>
/// <param name="clock">Clock for the wait; null = the system clock.</param>
/// <param name="disk">The disk of the folder; null = the operating system's.</param>
internal sealed class TrialAccounts(string folder, TimeSpan? timeout = null, TimeProvider? clock = null, Disk? disk = null)
{
    /// <summary>The folder within the folder of the runs.</summary>
    public const string FolderName = ".research";

    private const int RecordSize = 16;
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(30);
    private readonly Disk _disk = disk ?? Disk.Real;

    /// <summary>
    /// Charges what the account does not have yet, or nothing if that exceeds what remains: the new combinations, or one trial for a new
    /// configuration of known combinations.
    /// </summary>
    /// <param name="caller">The name of the key.</param>
    /// <param name="allowed">The budget; null = any number.</param>
    /// <returns>The number of trials that the account has afterwards, and how many of them are new.</returns>
    /// <exception cref="OutsideLimitsException">The new trials exceed what remains.</exception>
    /// <exception cref="ServiceUnavailableException">The account cannot be read or written.</exception>
    public async Task<(int Used, int New)> ChargeAsync(string caller, int? allowed, PlannedTrials planned,
        CancellationToken cancellationToken = default)
    {
        try
        {
            await using var file = await OpenAsync(TrialsOf(caller), cancellationToken).ConfigureAwait(false);
            var known = Read(file);
            var used = known.Count(IsTrial);
            var added = Added(known, planned);
            var charged = added.Count(IsTrial);
            if (allowed is { } most && used + charged > most && charged > 0)
                throw new OutsideLimitsException((planned.Combinations.Any(c => added.Contains(c | 1))
                        ? $"the batch has {Counted.Of(charged, "new combination")}" : "the batch is a new configuration of known combinations")
                    + $", and of the budget of {Counted.Of(most, "trial")} {used.ToString("#,0", CultureInfo.InvariantCulture)} are used and "
                    + $"{Math.Max(0, most - used).ToString("#,0", CultureInfo.InvariantCulture)} remain; submit fewer combinations, repeat "
                    + "earlier ones, which costs nothing, or ask an operator for 'granary keys limit NAME --trials N'");
            var bytes = new byte[added.Count * RecordSize];
            for (var i = 0; i < added.Count; i++) BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(i * RecordSize), added[i]);
            Append(file, TrialsOf(caller), bytes);
            return (used + charged, charged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Returns how many trials a charge would add to an account.</summary>
    /// <exception cref="ServiceUnavailableException">The account cannot be read.</exception>
    public int NewOf(string caller, PlannedTrials planned)
    {
        try
        {
            HashSet<UInt128> known = _disk.FileExists(TrialsOf(caller)) ? Parse(SharedBytes(TrialsOf(caller))) : [];
            return Added(known, planned).Count(IsTrial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    // A record is odd if it was charged. That of a configuration whose combinations were charged is even: the same again costs nothing.
    private static bool IsTrial(UInt128 record) => UInt128.IsOddInteger(record);

    private static List<UInt128> Added(HashSet<UInt128> known, PlannedTrials planned)
    {
        List<UInt128> added = [.. planned.Combinations.Select(c => c | 1).Where(known.Add)];
        if (planned.Configuration is { } whole && !known.Contains(whole | 1) && !known.Contains((whole | 1) - 1))
            added.Add(added.Count == 0 ? whole | 1 : (whole | 1) - 1);
        return added;
    }

    /// <summary>Returns the number of trials that an account has.</summary>
    /// <exception cref="ServiceUnavailableException">The account cannot be read.</exception>
    public int Used(string caller)
    {
        try
        {
            var path = TrialsOf(caller);
            return _disk.FileExists(path) ? Parse(SharedBytes(path)).Count(IsTrial) : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Adds a job to those that its caller may see. A job that the account has is not added again.</summary>
    /// <param name="holdout">Time of the last close that the job reads; null = it reads all bars.</param>
    /// <exception cref="ServiceUnavailableException">The account cannot be written.</exception>
    public async Task AddJobAsync(string caller, string id, DateTimeOffset? holdout, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var file = await OpenAsync(JobsOf(caller), cancellationToken).ConfigureAwait(false);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            file.SetLength(whole);
            var line = string.Create(CultureInfo.InvariantCulture, $"{id} {holdout?.UtcTicks ?? long.MaxValue}\n");
            Append(file, JobsOf(caller), Jobs(bytes.AsSpan(0, whole)).ContainsKey(id) ? [] : Encoding.UTF8.GetBytes(line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Returns the jobs of a caller with the time of the last close that each may read, UTC ticks.</summary>
    /// <exception cref="ServiceUnavailableException">The account cannot be read.</exception>
    public IReadOnlyDictionary<string, long> Jobs(string caller)
    {
        try
        {
            var path = JobsOf(caller);
            if (!_disk.FileExists(path)) return new Dictionary<string, long>();
            var bytes = SharedBytes(path);
            return Jobs(bytes.AsSpan(0, Array.LastIndexOf(bytes, (byte)'\n') + 1));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>
    /// Returns the account in whose name a job was submitted, for <see cref="FileOf"/>; all jobs without an account share one.
    /// </summary>
    internal string AccountOf(string job) => (_disk.FolderExists(folder) ? _disk.FilesIn(folder, "*.jobs") : [])
        .Where(path => Jobs(SharedBytes(path)).ContainsKey(job)).Select(path => Path.GetFileNameWithoutExtension(path))
        .FirstOrDefault(NameOf(""));

    /// <summary>Returns the path of a file of an account.</summary>
    internal string FileOf(string account, string extension) => Path.Combine(folder, account + extension);

    // The name of a key can have characters that a file cannot.
    private static string NameOf(string caller) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)).AsSpan(0, 16));

    /// <summary>Appends to a file of an account; see <see cref="ExclusiveFile.Append"/>.</summary>
    internal void Append(DiskFile file, string path, ReadOnlySpan<byte> bytes) => ExclusiveFile.Append(file, path, bytes, _disk.Files);

    /// <summary>Opens a file of an account for this process alone.</summary>
    internal Task<DiskFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        _disk.CreateFolder(folder);
        return ExclusiveFile.OpenAsync(path, _timeout, cancellationToken, clock, _disk.Files);
    }

    internal static ServiceUnavailableException Unavailable(Exception fault) => new(
        $"the accounts of trials cannot be read and written ({fault.Message.TrimEnd('.')}); make room, or give the user of the server the "
        + "right", fault);

    internal string TrialsOf(string caller) => FileOf(NameOf(caller), ".trials");

    private string JobsOf(string caller) => FileOf(NameOf(caller), ".jobs");

    // A reader waits for a writer, so that it does not see a part of a charge.
    private byte[] SharedBytes(string path)
    {
        using var file = ExclusiveFile.Open(path, _timeout, _disk.Files);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // A record that a crash cut short was not accepted.
    private static HashSet<UInt128> Read(DiskFile file)
    {
        var whole = file.Length / RecordSize * RecordSize;
        file.SetLength(whole);
        var bytes = new byte[whole];
        file.ReadExactly(bytes);
        return Parse(bytes);
    }

    private static HashSet<UInt128> Parse(byte[] bytes)
    {
        var known = new HashSet<UInt128>(bytes.Length / RecordSize);
        for (var at = 0; at + RecordSize <= bytes.Length; at += RecordSize)
            known.Add(BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(at)));
        return known;
    }

    private static Dictionary<string, long> Jobs(ReadOnlySpan<byte> lines)
    {
        var jobs = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.Split(' ') is [var id, var holdout] && long.TryParse(holdout, CultureInfo.InvariantCulture, out var ticks))
                jobs[id] = ticks;
        return jobs;
    }
}
