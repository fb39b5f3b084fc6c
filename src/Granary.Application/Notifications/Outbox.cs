using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Storage.Files;

namespace Granary.Application.Notifications;

/// <summary>
/// The deliveries of a folder, one file each, so that what was detected is sent after a crash. Silos that share a folder share its
/// deliveries: an event has one file, and an attempt is made under its lock.
/// </summary>
/// <param name="folder">Made where missing.</param>
public sealed class Outbox(string folder, TimeProvider clock)
{
    /// <summary>After this many attempts, about 10 hours, a delivery is given up.</summary>
    public const int MostAttempts = 20;

    private const int MostEnded = 1000;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Keeps a notification for a webhook until it is delivered; one that is known stays as it is.</summary>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool Add(Notification notification, string webhook)
    {
        Directory.CreateDirectory(folder);
        var id = $"{notification.Id}-{webhook}";
        if (File.Exists(PathOf(id))) return false;
        Write(new Delivery(id, webhook, notification, DeliveryState.Pending, 0, clock.GetUtcNow(), null));
        return true;
    }

    /// <summary>All deliveries, the newest first.</summary>
    public IReadOnlyList<Delivery> List() => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder, "*.json").Select(Read).OfType<Delivery>().OrderByDescending(d => d.Notification.At)
            .ThenBy(d => d.Id, StringComparer.Ordinal)];

    /// <summary>Makes the attempts that are due, and forgets the oldest that have ended.</summary>
    /// <param name="send">Makes one attempt; throws where it fails.</param>
    public async Task DeliverAsync(Func<Delivery, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var all = List();
        foreach (var due in all.Where(d => d.State == DeliveryState.Pending && d.NextAt <= clock.GetUtcNow()).Reverse())
            await TryAsync(due.Id, send, cancellationToken).ConfigureAwait(false);
        foreach (var old in all.Where(d => d.State != DeliveryState.Pending).Skip(MostEnded)) File.Delete(PathOf(old.Id));
    }

    private async Task TryAsync(string id, Func<Delivery, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using var own = Lock(id);
        // Another silo may have made the attempt meanwhile.
        if (own is null || Read(PathOf(id)) is not { State: DeliveryState.Pending } delivery || delivery.NextAt > clock.GetUtcNow()) return;
        var attempts = delivery.Attempts + 1;
        try
        {
            await send(delivery, cancellationToken).ConfigureAwait(false);
            Write(delivery with { State = DeliveryState.Delivered, Attempts = attempts, Fault = null });
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var pause = TimeSpan.FromTicks((long)Math.Min(Longest.Ticks, First.Ticks * Math.Pow(2, attempts - 1)));
            Write(delivery with
            {
                State = attempts < MostAttempts ? DeliveryState.Pending : DeliveryState.Dead,
                Attempts = attempts,
                NextAt = clock.GetUtcNow() + pause,
                Fault = e.Message,
            });
        }
    }

    private FileStream? Lock(string id)
    {
        try
        {
            return new FileStream(PathOf(id) + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Write(Delivery delivery) =>
        AtomicFile.Write(PathOf(delivery.Id), JsonSerializer.SerializeToUtf8Bytes(delivery, Json));

    // null for a file that another silo has just removed, or that is damaged.
    private static Delivery? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Delivery>(File.ReadAllBytes(path), Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private string PathOf(string id) => Path.Combine(folder, id + ".json");
}
