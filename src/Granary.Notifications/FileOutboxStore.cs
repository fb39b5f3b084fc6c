using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Storage.Files;

namespace Granary.Notifications;

/// <summary>
/// Stores deliveries in a folder: <c>outbox/ID.json</c>, <c>since</c>, and <c>accounts/NAME.json</c> for places in journals. A lease is an
/// open file, which ends with its process.
/// </summary>
/// <param name="folder">The folder; created if missing.</param>
/// <param name="disk">The disk of the folder; null = the operating system's.</param>
internal sealed class FileOutboxStore(string folder, Disk? disk = null) : IOutboxStore
{
    private readonly Disk _disk = disk ?? Disk.Real;
    private readonly string _outbox = Path.Combine(folder, "outbox"), _since = Path.Combine(folder, "since"),
        _accounts = Path.Combine(folder, "accounts");
    // Files are replaced and never changed, so one of the same time and length has the same content.
    private readonly ConcurrentDictionary<string, (DateTime Written, long Length, Delivery? Delivery)> _known = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> _synced = new(StringComparer.Ordinal);

    public DateTimeOffset? Since
    {
        get => _disk.FileExists(_since) && DateTimeOffset.TryParse(Encoding.UTF8.GetString(_disk.ReadAllBytes(_since)),
            CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since) ? since : null;
        set
        {
            Create(folder);
            AtomicFile.Write(_since, Encoding.UTF8.GetBytes(value!.Value.ToString("O", CultureInfo.InvariantCulture)), files: _disk.Files);
        }
    }

    public IReadOnlyList<Delivery> All() => !_disk.FolderExists(_outbox) ? []
        : [.. _disk.FilesIn(_outbox, "*.json").Select(ReadIfChanged).OfType<Delivery>()];

    private Delivery? ReadIfChanged(string path)
    {
        var name = Path.GetFileName(path);
        var (written, length) = _disk.Find(path) ?? (DateTime.MinValue, -1);
        if (_known.TryGetValue(name, out var known) && known.Written == written && known.Length == length) return known.Delivery;
        var read = Read(path);
        _known[name] = (written, length, read);
        return read;
    }

    public Delivery? Find(string id) => Read(PathOf(id));

    public bool TryAdd(Delivery delivery)
    {
        Create(_outbox);
        return AtomicFile.TryCreate(PathOf(delivery.Id), Bytes(delivery), disk: _disk);
    }

    public void Replace(Delivery delivery) => AtomicFile.Write(PathOf(delivery.Id), Bytes(delivery), files: _disk.Files);

    private void Create(string path)
    {
        _disk.CreateFolder(path);
        if (_synced.ContainsKey(path)) return;
        // The process that created the folder may have ended before it synced it.
        _disk.SyncPath(path);
        _synced.TryAdd(path, true);
    }

    private static byte[] Bytes(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(delivery, OutboxStores.Json);

    public void Remove(string id)
    {
        _disk.Delete(PathOf(id));
        // Delete it only now: while the delivery exists, all processes must lock the same file.
        _disk.Delete(LockOf(id));
        _known.TryRemove(id + ".json", out _);
    }

    public JournalCursor? Cursor(string account)
    {
        var path = CursorOf(account);
        try
        {
            return _disk.FileExists(path) ? JsonSerializer.Deserialize<JournalCursor>(_disk.ReadAllBytes(path), OutboxStores.Json) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged; remove it, and notifications of the account begin with its next event", e);
        }
    }

    public void SetCursor(string account, JournalCursor cursor)
    {
        Create(_accounts);
        AtomicFile.Write(CursorOf(account), JsonSerializer.SerializeToUtf8Bytes(cursor, OutboxStores.Json), files: _disk.Files);
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
        _disk.CreateFolder(Path.GetDirectoryName(path)!);
        try
        {
            return ExclusiveFile.Open(path, _disk.Files);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path, _disk.Files))
        {
            return null;
        }
    }

    // Null for a file that another silo has just removed, or that is damaged.
    private Delivery? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Delivery>(_disk.ReadAllBytes(path), OutboxStores.Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private string PathOf(string id) => Path.Combine(_outbox, id + ".json");

    private string LockOf(string id) => PathOf(id) + ".lock";
}
