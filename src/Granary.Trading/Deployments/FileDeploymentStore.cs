using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Simulation.Weights;
using Granary.Storage.Files;

namespace Granary.Trading.Deployments;

/// <summary>
/// Stores deployments in a folder: <c>versions/0001.json</c>, <c>events/00000001.json</c> and
/// <c>parity/ACCOUNT/2024-01-31.json</c>. A reader sees a file completely or not at
/// all. A lock file serializes writers of all processes; if two write the same number, one fails.
/// </summary>
/// <remarks>
/// A version and its event are first written together to <c>pending.json</c>, then to their own files. If a process ends in between, the
/// next access completes them.
/// </remarks>
/// <param name="files">The files that may be read and written; null = all.</param>
internal sealed class FileDeploymentStore(string folder, PermittedFiles? files = null) : IDeploymentStore
{
    private const string DayFormat = "yyyy-MM-dd";

    private readonly PermittedFiles _files = files ?? PermittedFiles.All;

    private sealed record Addition(int Number, byte[] Document, long Sequence, byte[] Entry);

    // A writer only writes a few small files.
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromMinutes(1);

    private readonly string _versions = Path.Combine(folder, "versions"), _events = Path.Combine(folder, "events"),
        _parity = Path.Combine(folder, "parity"), _pending = Path.Combine(folder, "pending.json");

    public string Name => folder;

    public IReadOnlyList<int> Numbers()
    {
        Complete();
        return [.. NumbersIn(_versions).Select(n => (int)n)];
    }

    public byte[]? Read(int number)
    {
        Complete();
        var path = VersionAt(number);
        return File.Exists(path) ? _files.ReadAllBytes(path) : null;
    }

    public bool TryAdd(int number, byte[] document, long sequence, byte[] entry) => InTurn(() =>
    {
        if (File.Exists(VersionAt(number)) || File.Exists(EventAt(sequence))) return false;
        AtomicFile.Write(_pending, SealedJson.Write(new Addition(number, document, sequence, entry), JsonSerializerOptions.Web),
            files: _files);
        CompleteInTurn();
        return true;
    });

    public IReadOnlyList<(long Sequence, byte[] Document)> Events(long after)
    {
        Complete();
        return [.. NumbersIn(_events).Where(n => n > after).Select(n => (n, _files.ReadAllBytes(EventAt(n))))];
    }

    public bool TryAppend(long sequence, byte[] document) => InTurn(() =>
    {
        if (File.Exists(EventAt(sequence))) return false;
        AtomicFile.Write(EventAt(sequence), document, files: _files);
        return true;
    });

    public IReadOnlyList<(string Account, DateOnly Day, byte[] Document)> Parity(string? account)
    {
        if (account is not null) WeightsValidation.CheckPortfolio(account);
        if (!Directory.Exists(_parity)) return [];
        var accounts = account is not null ? [account]
            : Directory.EnumerateDirectories(_parity).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal).ToArray();
        return
        [
            .. accounts.SelectMany(a => _files.FilesIn(Path.Combine(_parity, a), "*.json").Order(StringComparer.Ordinal)
                .Where(f => DayIn(f) is not null).Select(f => (a, DayIn(f)!.Value, _files.ReadAllBytes(f)))),
        ];
    }

    private static DateOnly? DayIn(string file) => DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(file), DayFormat,
        CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public bool TryAddParity(string account, DateOnly day, byte[] document) => InTurn(() =>
    {
        WeightsValidation.CheckPortfolio(account);
        var own = Path.Combine(_parity, account);
        _files.OpenFolder(own, create: true).Dispose();
        var path = Path.Combine(own, day.ToString(DayFormat, CultureInfo.InvariantCulture) + ".json");
        if (File.Exists(path)) return false;
        AtomicFile.Write(path, document, files: _files);
        return true;
    });

    private string VersionAt(int number) => Path.Combine(_versions, string.Create(CultureInfo.InvariantCulture, $"{number:0000}.json"));

    private string EventAt(long sequence) =>
        Path.Combine(_events, string.Create(CultureInfo.InvariantCulture, $"{sequence:00000000}.json"));

    private IEnumerable<long> NumbersIn(string path) => _files.FilesIn(path, "*.json")
        .Select(f => long.TryParse(Path.GetFileNameWithoutExtension(f), NumberStyles.None,
            CultureInfo.InvariantCulture, out var n) ? n : 0).Where(n => n > 0).Order();

    private bool InTurn(Func<bool> write)
    {
        _files.OpenFolder(_versions, create: true).Dispose();
        _files.OpenFolder(_events, create: true).Dispose();
        using var turn = ExclusiveFile.Open(Path.Combine(folder, ".lock"), s_longestTurn, _files);
        CompleteInTurn();
        return write();
    }

    private void Complete()
    {
        if (File.Exists(_pending)) InTurn(static () => true);
    }

    private void CompleteInTurn()
    {
        if (!File.Exists(_pending)) return;
        Addition addition;
        try
        {
            addition = SealedJson.Read<Addition>(_files.ReadAllBytes(_pending), JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            throw new InputException($"{_pending} is damaged ({e.Message.TrimEnd('.')}); put back a copy, or remove it: the deployment "
                + "that it holds was not added", e);
        }
        AtomicFile.Write(VersionAt(addition.Number), addition.Document, files: _files);
        AtomicFile.Write(EventAt(addition.Sequence), addition.Entry, files: _files);
        File.Delete(_pending);
    }
}
