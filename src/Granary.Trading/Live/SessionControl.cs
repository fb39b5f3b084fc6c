using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Storage.Files;

namespace Granary.Trading.Live;

/// <summary>A command to a session, with its author and reason.</summary>
/// <param name="Strategy">The strategy to enable or disable; empty = the symbol.</param>
/// <param name="Trade">The trade that it is about: the client id of its entry in the status; empty for other commands.</param>
internal sealed record IssuedCommand(SessionCommand Command, string Who, string Why, string Strategy = "", string Symbol = "",
    string Trade = "")
{
    /// <summary>A unique id, by which a session executes a stored command only once; null for a command that is not stored.</summary>
    public string? Id { get; init; }

    /// <summary>The request by hand; null for the other commands.</summary>
    public HandRequest? Hand { get; init; }
}

/// <summary>The connection to a running session: passes the operator's commands in and the status out.</summary>
internal interface ISessionControl
{
    /// <summary>Returns new commands, each once and in order. The commands of the previous call count as executed.</summary>
    IReadOnlyList<IssuedCommand> Take();

    /// <summary>Shows the status of the session.</summary>
    /// <param name="now">Whether a reader waits for it, such as for the response to a command.</param>
    void Show(LiveStatus status, bool now);
}

/// <summary>
/// Controls a session through a folder, in which commands are stored as files and executed in the order of their names. The session writes
/// its status there. A process with write access to the folder can command the session.
/// </summary>
/// <remarks>The file of a command is deleted after its execution. Otherwise it waits for the next session.</remarks>
internal sealed class SessionControl : ISessionControl
{
    /// <summary>The JSON format of commands and statuses.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    // A process sends a heartbeat each second; a machine under load gets more time.
    private static readonly TimeSpan Lifeless = TimeSpan.FromSeconds(15);

    private const string CommandEnd = ".command.json", AnswerEnd = ".answer.json";

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    // Executed commands whose response, the next status, is pending.
    private readonly List<string> _unanswered = [];
    private long _looked = long.MinValue, _wrote = long.MinValue;

    public SessionControl(string folder, TimeProvider clock)
    {
        (_folder, _clock) = (folder, clock);
        Directory.CreateDirectory(_folder);
        // Responses of the previous session: their callers have ended.
        foreach (var file in Directory.EnumerateFiles(_folder, "*" + AnswerEnd).ToList()) File.Delete(file);
    }

    public string Folder => _folder;

    /// <summary>Returns new commands; the folder is read every 100 ms at most.</summary>
    public IReadOnlyList<IssuedCommand> Take()
    {
        if (_looked != long.MinValue && _clock.GetElapsedTime(_looked) < TimeSpan.FromMilliseconds(100)) return [];
        _looked = _clock.GetTimestamp();
        List<IssuedCommand>? commands = null;
        foreach (var file in Directory.EnumerateFiles(_folder, "*" + CommandEnd).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file)[..^CommandEnd.Length];
            if (_unanswered.Contains(name)) continue;
            try
            {
                if (JsonSerializer.Deserialize<IssuedCommand>(File.ReadAllBytes(file), Json) is { } command)
                {
                    (commands ??= []).Add(command with { Id = name });
                    lock (_lock) _unanswered.Add(name);
                }
            }
            catch (JsonException)
            {
                // not a command; deleted too
                File.Delete(file);
            }
        }
        return commands ?? (IReadOnlyList<IssuedCommand>)[];
    }

    /// <summary>Writes the status once a second, or at once if requested.</summary>
    public void Show(LiveStatus status, bool now)
    {
        lock (_lock)
        {
            if (!now && _wrote != long.MinValue && _clock.GetElapsedTime(_wrote) < TimeSpan.FromSeconds(1)) return;
            _wrote = _clock.GetTimestamp();
            try
            {
                Write(JsonSerializer.SerializeToUtf8Bytes(status, Json), now);
            }
            catch (IOException)
            {
                // A full disk: trading does not depend on this file, and the next status is written again.
            }
        }
    }

    private void Write(byte[] status, bool answers)
    {
        AtomicFile.Write(Path.Combine(_folder, "status.json"), status);
        if (!answers) return;
        foreach (var name in _unanswered.ToList())
        {
            AtomicFile.Write(Path.Combine(_folder, name + AnswerEnd), status);
            File.Delete(Path.Combine(_folder, name + CommandEnd));
            _unanswered.Remove(name);
        }
    }

    /// <summary>Writes a command for the session of a folder.</summary>
    /// <returns>The command's unique name for <see cref="AnswerAsync"/>; names sort in the order of the commands.</returns>
    public static string Send(string folder, IssuedCommand command, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var name = $"{now.UtcTicks.ToString("D20", CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}";
        AtomicFile.Write(Path.Combine(folder, name + CommandEnd), JsonSerializer.SerializeToUtf8Bytes(command, Json));
        return name;
    }

    /// <summary>Waits for the session's status after the execution of a command.</summary>
    /// <param name="name">The name that <see cref="Send"/> returned.</param>
    /// <returns>Null if the session did not respond in time.</returns>
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

    /// <summary>Whether the process that wrote a status is alive: its heartbeat is recent, and it has not ended on this machine.</summary>
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

    /// <summary>Returns the status as JSON; null if no session has written one.</summary>
    public static string? Read(string folder)
    {
        var path = Path.Combine(folder, "status.json");
        return File.Exists(path) ? Encoding.UTF8.GetString(File.ReadAllBytes(path)) : null;
    }
}
