using System.Security.Cryptography;
using Granary.Contracts.MarketData;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Storage.Files;

namespace Granary.Api.Uploads;

/// <summary>The uploaded files: one folder per caller in <c>uploads</c> of the data folder.</summary>
internal sealed class UploadStore(ApiSettings settings)
{
    /// <summary>The folder of all uploads, in the data folder.</summary>
    public const string Folder = CallerFiles.UploadsName;

    private readonly SemaphoreSlim _placing = new(1, 1);

    private PermittedFiles Files => settings.PlaceOf().Files;

    /// <summary>The files of a caller, by name.</summary>
    public IReadOnlyList<Upload> List(string caller)
    {
        var folder = FolderOf(caller);
        return !Directory.Exists(folder) ? [] : [.. new DirectoryInfo(folder).EnumerateFiles().Where(f => f.Name[0] != '.')
            .OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => Shown(caller, f))];
    }

    /// <summary>Returns the length of a file, and its SHA-256 in lower-case hex; null if the caller has no such file.</summary>
    /// <inheritdoc cref="PathOf"/>
    public async Task<(long Bytes, string Sha256)?> HashOfAsync(string caller, string name, CancellationToken cancellationToken)
    {
        var path = PathOf(caller, name);
        if (!File.Exists(path)) return null;
        var file = Files.OpenRead(path);
        await using var _ = file.ConfigureAwait(false);
        return (file.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false)));
    }

    /// <returns>false if the caller has no such file.</returns>
    public bool Delete(string caller, string name)
    {
        var path = PathOf(caller, name);
        if (!File.Exists(path)) return false;
        using var folder = Files.OpenFolder(FolderOf(caller));
        File.Delete(Path.Combine(folder.Path, name));
        return true;
    }

    /// <summary>Stores a file, and checks it while it arrives. Deletes a refused file completely.</summary>
    /// <exception cref="UploadRefusedException">It is too large, is not a text of its kind, or a quota is full.</exception>
    public async Task<(Upload Stored, bool Replaced)> StoreAsync(string caller, string name, Stream content,
        CancellationToken cancellationToken)
    {
        var path = PathOf(caller, name);
        using var folder = Files.OpenFolder(FolderOf(caller), create: true);
        var temporary = Path.Combine(folder.Path, "." + Path.GetRandomFileName());
        try
        {
            await WriteAsync(temporary, UploadCheck.Of(name), content, Room(caller, name), cancellationToken).ConfigureAwait(false);
            await _placing.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (new FileInfo(temporary).Length > Room(caller, name)) throw Full();
                var replaced = File.Exists(path);
                File.Move(temporary, Path.Combine(folder.Path, name), overwrite: true);
                return (Shown(caller, new FileInfo(path)), replaced);
            }
            finally
            {
                _placing.Release();
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The file of a caller.</summary>
    /// <exception cref="InputException">The name leads out of the caller's folder, or its file type is not accepted.</exception>
    public string PathOf(string caller, string name)
    {
        var isSafe = name.Length is > 0 and <= 100 && name[0] is not ('.' or '-')
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!isSafe || !(name.EndsWith(".csv", StringComparison.Ordinal) || name.EndsWith(".json", StringComparison.Ordinal)))
            throw new InputException(
                $"'{name}' cannot name an upload: use letters, digits, '-', '_' and '.', 100 at the most, with .csv or "
                + ".json at the end");
        return Path.Combine(FolderOf(caller), name);
    }

    private async Task WriteAsync(string path, UploadCheck check, Stream content, long room, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        var length = 0L;
        var file = new FileStream(path, FileMode.CreateNew);
        await using (file.ConfigureAwait(false))
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > settings.LongestUpload)
                    throw new UploadRefusedException($"a file may have at most {settings.LongestUpload} bytes; split it", IsFull: false);
                if (length > room) throw Full();
                check.Take(buffer.AsSpan(0, read));
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            check.End();
        }
    }

    // Returns the free quota of the caller in bytes, without the file that is replaced. Throws if the caller has too many files.
    private long Room(string caller, string name)
    {
        var others = List(caller).Where(u => u.Name != name).ToList();
        return others.Count >= settings.MostUploads ? throw Full() : settings.UploadQuota - others.Sum(u => u.Bytes);
    }

    private UploadRefusedException Full() =>
        new($"a caller may store at most {settings.MostUploads} files and {settings.UploadQuota} bytes; delete some with DELETE /uploads/NAME",
            IsFull: true);

    private string FolderOf(string caller) => Path.Combine(settings.DataFolder, CallerFiles.UploadsOf(caller));

    private static Upload Shown(string caller, FileInfo file) => new(file.Name, $"{CallerFiles.UploadsOf(caller)}/{file.Name}",
        $"csv:{CallerFiles.UploadsOf(caller)}", file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
}

/// <summary>Thrown when an upload is refused, with the reason in one sentence.</summary>
/// <param name="IsFull">A quota of the caller is full; otherwise the file is too large.</param>
internal sealed class UploadRefusedException(string sentence, bool IsFull) : Exception(sentence)
{
    public bool IsFull { get; } = IsFull;
}
