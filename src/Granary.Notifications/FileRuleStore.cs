using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Notifications;

/// <summary>Stores the rules in <c>rules.json</c> of a folder, which several processes may share.</summary>
/// <param name="folder">The folder; created if missing.</param>
internal sealed class FileRuleStore(string folder) : IRuleStore
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);

    private readonly string _path = Path.Combine(folder, "rules.json");

    /// <inheritdoc/>
    /// <exception cref="InputException">The file is damaged.</exception>
    public NotificationRules? Find()
    {
        try
        {
            return JsonSerializer.Deserialize<NotificationRules>(File.ReadAllBytes(_path), JobJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InputException($"{_path}, line {e.LineNumber + 1}: not a file of notification rules as Granary writes it; put back a "
                + "copy, or remove it to use the rules of --notifications", e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk failed, or another process holds the file.</exception>
    public bool TryReplace(long expected, NotificationRules next)
    {
        Directory.CreateDirectory(folder);
        using var others = ExclusiveFile.Open(_path + ".lock", LongestTurn);
        if ((Find()?.Version ?? 0) != expected) return false;
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(next, JobJson.Options));
        return true;
    }
}
