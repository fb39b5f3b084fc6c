using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Storage.Files;

namespace Granary.Trading.Live;

/// <summary>A command to a session, and who gave it why.</summary>
/// <param name="Strategy">The strategy to enable or disable; empty = the symbol.</param>
/// <param name="Trade">The trade to close: the client id of its entry, as the status lists it; empty for the other commands.</param>
public sealed record SessionOrder(SessionCommand Command, string Who, string Why, string Strategy = "", string Symbol = "",
    string Trade = "")
{
    /// <summary>Of this command alone: a session carries it out once, however often it finds it; null for one that is not stored.</summary>
    public string? Id { get; init; }
}

/// <summary>The way to a running session: what its operator says goes in, how it stands comes out.</summary>
public interface ISessionControl
{
    /// <summary>Commands that have come, each once, in their order; those of the last time have been carried out.</summary>
    IReadOnlyList<SessionOrder> Take();

    /// <summary>How the session stands.</summary>
    /// <param name="now">The reader waits for it, as for the answer to a command.</param>
    void Show(LiveStatus status, bool now);
}

/// <summary>
/// The way to a session: a folder in which commands are laid down as files, taken in the order of their names, and in which the
/// session keeps its status. A process that may write the folder may command the session.
/// </summary>
/// <remarks>The file of a command goes when the command is carried out. One that no session has carried out waits for the next session.
/// </remarks>
public sealed class SessionControl : ISessionControl
{
    /// <summary>How commands and statuses are written.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    // A process gives a sign of life each second; a machine under load is given more time.
    private static readonly TimeSpan Lifeless = TimeSpan.FromSeconds(15);

    private const string CommandEnd = ".command.json", AnswerEnd = ".answer.json";

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    // Commands that were taken and wait for the status after them.
    private readonly List<string> _unanswered = [];
    private long _looked = long.MinValue, _wrote = long.MinValue;

    public SessionControl(string folder, TimeProvider clock)
    {
        (_folder, _clock) = (folder, clock);
        Directory.CreateDirectory(_folder);
        // Answers of the session before: their callers have gone.
        foreach (var file in Directory.EnumerateFiles(_folder, "*" + AnswerEnd).ToList()) File.Delete(file);
    }

    public string Folder => _folder;

    /// <summary>Commands that have come; looked for every 100 ms at the most.</summary>
    public IReadOnlyList<SessionOrder> Take()
    {
        if (_looked != long.MinValue && _clock.GetElapsedTime(_looked) < TimeSpan.FromMilliseconds(100)) return [];
        _looked = _clock.GetTimestamp();
        List<SessionOrder>? orders = null;
        foreach (var file in Directory.EnumerateFiles(_folder, "*" + CommandEnd).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file)[..^CommandEnd.Length];
            if (_unanswered.Contains(name)) continue;
            try
            {
                if (JsonSerializer.Deserialize<SessionOrder>(File.ReadAllBytes(file), Json) is { } order)
                {
                    (orders ??= []).Add(order with { Id = name });
                    lock (_lock) _unanswered.Add(name);
                }
            }
            catch (JsonException)
            {
                // not a command; it goes all the same
                File.Delete(file);
            }
        }
        return orders ?? (IReadOnlyList<SessionOrder>)[];
    }

    /// <summary>Keeps the status; once a second unless it must be now.</summary>
    public void Show(LiveStatus status, bool now)
    {
        lock (_lock)
        {
            if (!now && _wrote != long.MinValue && _clock.GetElapsedTime(_wrote) < TimeSpan.FromSeconds(1)) return;
            _wrote = _clock.GetTimestamp();
            var text = JsonSerializer.SerializeToUtf8Bytes(status, Json);
            AtomicFile.Write(Path.Combine(_folder, "status.json"), text);
            if (!now) return;
            foreach (var name in _unanswered)
            {
                AtomicFile.Write(Path.Combine(_folder, name + AnswerEnd), text);
                File.Delete(Path.Combine(_folder, name + CommandEnd));
            }
            _unanswered.Clear();
        }
    }

    /// <summary>Lays a command down for the session of a folder.</summary>
    /// <returns>Its name, for <see cref="AnswerAsync"/>: of this command alone, and in the order of the commands.</returns>
    public static string Send(string folder, SessionOrder order, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var name = $"{now.UtcTicks.ToString("D20", CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}";
        AtomicFile.Write(Path.Combine(folder, name + CommandEnd), JsonSerializer.SerializeToUtf8Bytes(order, Json));
        return name;
    }

    /// <summary>Waits for the session's status after it has carried a command out.</summary>
    /// <param name="name">As <see cref="Send"/> returned it.</param>
    /// <returns>null where the session has not answered in time.</returns>
    public static async Task<LiveStatus?> AnswerAsync(string folder, string name, TimeSpan timeout, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name + AnswerEnd);
        var started = clock.GetTimestamp();
        while (!File.Exists(path))
        {
            if (clock.GetElapsedTime(started) > timeout) return null;
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken).ConfigureAwait(false);
        }
        var status = JsonSerializer.Deserialize<LiveStatus>(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false),
            Json);
        File.Delete(path);
        return status;
    }

    /// <summary>Whether the process that wrote a status lives: it has given a sign of life of late, and has not ended on this machine.
    /// </summary>
    public static bool IsAlive(LiveStatus status, TimeProvider clock) => clock.GetUtcNow() - status.SeenAt < Lifeless
        && (status.Machine != Environment.MachineName || IsProcess(status.Process));

    private static bool IsProcess(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The status as JSON; null where no session has written one.</summary>
    public static string? Read(string folder)
    {
        var path = Path.Combine(folder, "status.json");
        return File.Exists(path) ? Encoding.UTF8.GetString(File.ReadAllBytes(path)) : null;
    }
}
