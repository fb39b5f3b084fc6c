using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Audit;
using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Server.Audit;

/// <summary>Exclusive access to an audit log for one writer.</summary>
/// <remarks>
/// An entry is first written to the head file, then appended. If a process ends in between, the next writer appends the head's entry. A log
/// that lacks more than this entry was truncated.
/// </remarks>
internal sealed class AuditLogLock
{
    private const int MostOfLine = 1 << 24;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    /// <exception cref="ServiceUnavailableException">Lines at the end are damaged or missing.</exception>
    internal AuditLogLock(string path, FileStream file, TimeProvider clock)
    {
        (_path, _file, _clock) = (path, file, clock);
        var head = AuditHead.Read(path);
        Last = LastEntry(head);
        if (AuditHead.FaultOf(path, head, Last) is { } fault)
            throw new ServiceUnavailableException($"{fault}; put back a copy, or move the log and its head away");
        if (head is not null && head.Hash != Last?.Hash) AppendLine(head);
    }

    /// <summary>The newest entry; null if there is none.</summary>
    public AuditEntry? Last { get; private set; }

    /// <summary>Creates the next entry without writing it.</summary>
    public AuditEntry Next(string who, string what, string target, JsonNode? before, JsonNode? after, string? operation = null,
        bool interrupted = false)
    {
        var entry = new AuditEntry((Last?.Sequence ?? 0) + 1, _clock.GetUtcNow(), who, what, Address.HideIn(target),
            AuditSecrets.HideIn(before), AuditSecrets.HideIn(after), Last?.Hash ?? "", "")
        {
            Operation = operation,
            Interrupted = interrupted ? true : null,
        };
        return entry with { Hash = HashOf(entry) };
    }

    /// <summary>Appends an entry from <see cref="Next"/>, which is on the disk when the call returns.</summary>
    public AuditEntry Append(AuditEntry entry)
    {
        AuditHead.Write(_path, entry);
        AppendLine(entry);
        return entry;
    }

    /// <summary>Appends an entry from another file, unless the log has it.</summary>
    /// <param name="entry">The entry, which was written to that file earlier by a process that may have ended before appending it.</param>
    /// <param name="holder">The path of that file, for messages.</param>
    /// <exception cref="ServiceUnavailableException">The log lacks more than this entry.</exception>
    public void Complete(AuditEntry entry, string holder)
    {
        if (entry.Sequence <= (Last?.Sequence ?? 0)) return;
        if (!Follows(entry, Last))
            throw new ServiceUnavailableException($"{holder} has the change of entry {entry.Sequence}, and the audit log {_path} ends at "
                + $"entry {Last?.Sequence ?? 0}: entries were cut off; put back a copy of the log");
        Append(entry);
    }

    internal static bool Follows(AuditEntry entry, AuditEntry? last) =>
        entry.Sequence == (last?.Sequence ?? 0) + 1 && entry.Previous == (last?.Hash ?? "") && HashOf(entry) == entry.Hash;

    internal static string HashOf(AuditEntry entry) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(entry with { Hash = "" }, JobJson.Options)));

    internal static AuditEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(line, JobJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static byte[] LineOf(AuditEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, JobJson.Options), (byte)'\n'];

    private void AppendLine(AuditEntry entry)
    {
        _file.Seek(0, SeekOrigin.End);
        _file.Write(LineOf(entry));
        _file.Flush(flushToDisk: true);
        Last = entry;
    }

    // The last complete line. An incomplete append is removed, because the head has its entry.
    private AuditEntry? LastEntry(AuditEntry? head)
    {
        var tail = Tail();
        var end = tail.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (head is not null && end < tail.Length && LineOf(head).AsSpan().StartsWith(tail.AsSpan(end)))
            _file.SetLength(_file.Length - (tail.Length - end));
        else if (end < tail.Length)
            throw Damaged();
        if (end == 0) return null;
        var start = tail.AsSpan(0, end - 1).LastIndexOf((byte)'\n') + 1;
        return Parse(tail.AsSpan(start, end - start)) ?? throw Damaged();
    }

    private ServiceUnavailableException Damaged() => new(
        $"the audit log {_path} ends with a damaged line; move the file away after 'granary audit verify {_path}'");

    // The end of the file, with at least one complete line before an incomplete one, if there is one.
    private byte[] Tail()
    {
        for (var size = 1 << 12; ; size <<= 1)
        {
            var from = Math.Max(0, _file.Length - size);
            _file.Seek(from, SeekOrigin.Begin);
            var tail = new byte[_file.Length - from];
            _file.ReadExactly(tail);
            if (from == 0 || size >= MostOfLine || tail.AsSpan().Count((byte)'\n') >= 3) return tail;
        }
    }
}
