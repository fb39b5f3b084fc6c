using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Storage.Files;

namespace Granary.Api.Shares;

/// <summary>
/// Signs links to runs. A link has the id of the run, its expiry and what it opens, and the first 128 bits of an HMAC-SHA256 of all
/// three; the secret is in a file of the folder of the runs, which all silos read. A new secret invalidates all links.
/// </summary>
/// <param name="path">The file of the secret; made with the first link.</param>
internal sealed class ShareSigner(string path, TimeProvider clock)
{
    /// <summary>The name of the file in the folder of the runs.</summary>
    public const string FileName = ".shares/secret";

    private const int SignatureBytes = 16;
    private const char Files = 'f', Report = 'r';


    /// <param name="opensFiles">Whether the link opens all files of the run, and not only its report.</param>
    public string Sign(string run, DateTimeOffset expiresAt, bool opensFiles)
    {
        if (!File.Exists(path))
        {
            // Of several silos that sign the first link, one makes the secret.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.TryCreate(path, RandomNumberGenerator.GetBytes(32), AtomicFile.OwnerOnly);
        }
        var text = string.Create(CultureInfo.InvariantCulture, $"{expiresAt.ToUnixTimeSeconds()}.{(opensFiles ? Files : Report)}{run}");
        return Base64Url.EncodeToString([.. SignatureOf(text), .. Encoding.UTF8.GetBytes(text)]);
    }

    /// <returns>The run, and whether the link opens its files too; null if the link was not signed by this server, or has
    /// expired.</returns>
    public (string Run, bool OpensFiles)? RunOf(string token)
    {
        if (!File.Exists(path) || token.Length > 500 || !Base64Url.IsValid(token)) return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= SignatureBytes) return null;
        var text = Encoding.UTF8.GetString(bytes.AsSpan(SignatureBytes));
        if (!CryptographicOperations.FixedTimeEquals(SignatureOf(text), bytes.AsSpan(0, SignatureBytes))) return null;
        var cut = text.IndexOf('.', StringComparison.Ordinal);
        return long.Parse(text.AsSpan(0, cut), CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds()
            ? (text[(cut + 2)..], text[cut + 1] == Files) : null;
    }

    /// <summary>Makes a new secret, which invalidates all earlier links.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new AtomicFile(path, mode: AtomicFile.OwnerOnly);
        await file.Stream.WriteAsync(RandomNumberGenerator.GetBytes(32), cancellationToken).ConfigureAwait(false);
        file.Commit();
    }

    private ReadOnlySpan<byte> SignatureOf(string text) =>
        HMACSHA256.HashData(File.ReadAllBytes(path), Encoding.UTF8.GetBytes(text)).AsSpan(0, SignatureBytes);
}
