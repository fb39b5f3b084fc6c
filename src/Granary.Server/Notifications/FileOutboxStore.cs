using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Storage.Files;

namespace Granary.Server.Notifications;

/// <summary>
/// Stores deliveries in a folder: <c>outbox/ID.json</c>, <c>since</c>, and <c>accounts/NAME.json</c> for places in journals. A lease is an
/// open file, which ends with its process.
/// </summary>
/// <param name="folder">The folder; created if missing.</param>
public sealed class FileOutboxStore(string folder) : IOutboxStore
{
    private readonly string _outbox = Path.Combine(folder, "outbox"), _since = Path.Combine(folder, "since"),
        _accounts = Path.Combine(folder, "accounts");
    // Files are replaced and never changed, so one of the same time and length has the same content.
    private readonly ConcurrentDictionary<string, (DateTime Written, long Length, Delivery? Delivery)> _known = new(StringComparer.Ordinal);

    public DateTimeOffset? Since
    {
        get => File.Exists(_since) && DateTimeOffset.TryParse(File.ReadAllText(_since), CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind, out var since) ? since : null;
        set
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(_since, Encoding.UTF8.GetBytes(value!.Value.ToString("O", CultureInfo.InvariantCulture)));
        }
    }

    public IReadOnlyList<Delivery> All() => !Directory.Exists(_outbox) ? []
        : [.. new DirectoryInfo(_outbox).EnumerateFiles("*.json").Select(ReadIfChanged).OfType<Delivery>()];

    private Delivery? ReadIfChanged(FileInfo file)
    {
        var (written, length) = (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
        if (_known.TryGetValue(file.Name, out var known) && known.Written == written && known.Length == length) return known.Delivery;
        var read = Read(file.FullName);
        _known[file.Name] = (written, length, read);
        return read;
    }

    public Delivery? Find(string id) => Read(PathOf(id));

    public bool TryAdd(Delivery delivery)
    {
        Directory.CreateDirectory(_outbox);
        return AtomicFile.TryCreate(PathOf(delivery.Id), Bytes(delivery));
    }

    public void Replace(Delivery delivery) => AtomicFile.Write(PathOf(delivery.Id), Bytes(delivery));

    private static byte[] Bytes(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(delivery, OutboxStores.Json);

    public void Remove(string id)
    {
        File.Delete(PathOf(id));
        // Delete it only now: while the delivery exists, all processes must lock the same file.
        File.Delete(LockOf(id));
        _known.TryRemove(id + ".json", out _);
    }

    public JournalCursor? Cursor(string account)
    {
        var path = CursorOf(account);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<JournalCursor>(File.ReadAllBytes(path), OutboxStores.Json) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged; remove it, and notifications of the account begin with its next event", e);
        }
    }

    public void SetCursor(string account, JournalCursor cursor)
    {
        Directory.CreateDirectory(_accounts);
        AtomicFile.Write(CursorOf(account), JsonSerializer.SerializeToUtf8Bytes(cursor, OutboxStores.Json));
    }

    private string CursorOf(string account) => Path.Combine(_accounts, Uri.EscapeDataString(account) + ".json");

    public IDisposable? Lease(string name, LeaseKind kind)
    {
        var path = kind switch
        {
            LeaseKind.Delivery => LockOf(name),
            LeaseKind.Channel => Path.Combine(_outbox, name + ".channel.lock"),
            LeaseKind.Account => CursorOf(name) + ".lock",
        };
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return ExclusiveFile.Open(path);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path))
        {
            return null;
        }
    }

    // Null for a file that another silo has just removed, or that is damaged.
    private static Delivery? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Delivery>(File.ReadAllBytes(path), OutboxStores.Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private string PathOf(string id) => Path.Combine(_outbox, id + ".json");

    private string LockOf(string id) => PathOf(id) + ".lock";
}
