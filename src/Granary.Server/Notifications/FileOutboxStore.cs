using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Storage.Files;

namespace Granary.Server.Notifications;

/// <summary>
/// Stores deliveries in a folder: <c>outbox/ID.json</c>, and <c>since</c>. A lease is an open file, which ends with its process.
/// </summary>
/// <param name="folder">The folder; created if missing.</param>
public sealed class FileOutboxStore(string folder) : IOutboxStore
{
    private readonly string _outbox = Path.Combine(folder, "outbox"), _since = Path.Combine(folder, "since");

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
        : [.. Directory.EnumerateFiles(_outbox, "*.json").Select(Read).OfType<Delivery>()];

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
    }

    public IDisposable? Lease(string id)
    {
        try
        {
            return ExclusiveFile.Open(LockOf(id));
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, LockOf(id)))
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
