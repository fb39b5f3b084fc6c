using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Application.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace Granary.Api.Hosting;

/// <summary>
/// The certificate of a server's https addresses. Kestrel's configuration takes it, and reads it again when a file changes: new
/// connections have the new certificate.
/// </summary>
/// <param name="Certificate">A PFX file, or a PEM file with the certificate and its chain; null for none.</param>
/// <param name="Key">The PEM file of the private key; null where <paramref name="Certificate"/> has it.</param>
/// <param name="PasswordFile">A file with the password of the key; null for that of <see cref="PasswordVariable"/>, or none.</param>
public sealed record CertificateFiles(string? Certificate, string? Key, string? PasswordFile)
{
    /// <summary>The environment variable that has the password of the key.</summary>
    public const string PasswordVariable = "GRANARY_CERTIFICATE_PASSWORD";

    private const string Section = "Kestrel:Certificates:Default:";

    /// <summary>Makes the server listen, with this certificate on its https addresses.</summary>
    /// <param name="urls">Addresses with semicolons between.</param>
    /// <exception cref="InputException">A file is missing or wrong, or an https address has no certificate.</exception>
    public void Listen(WebApplicationBuilder builder, string urls)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (Certificate is null)
        {
            if (addresses.Any(a => a.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
                && builder.Configuration[Section + "Path"] is null)
                throw new InputException("--urls: https needs a certificate; give --certificate FILE, a PFX, or a PEM with "
                    + "--certificate-key FILE");
            builder.WebHost.UseUrls(urls);
            return;
        }
        var password = Password();
        Check(password);
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            [Section + "Path"] = Path.GetFullPath(Certificate),
            [Section + "KeyPath"] = Key is null ? null : Path.GetFullPath(Key),
            [Section + "Password"] = password,
        };
        // Kestrel reads certificates again for addresses that its own section has.
        for (var i = 0; i < addresses.Length; i++) values[$"Kestrel:Endpoints:Address{i}:Url"] = addresses[i];
        builder.Configuration.AddInMemoryCollection(values);
    }

    private string? Password()
    {
        if (PasswordFile is null) return Environment.GetEnvironmentVariable(PasswordVariable);
        return File.Exists(PasswordFile) ? File.ReadAllText(PasswordFile).TrimEnd('\r', '\n')
            : throw new InputException($"--certificate-password-file {PasswordFile}: there is no such file");
    }

    // Kestrel itself would say so without the option's name, after the rest of the server has started.
    private void Check(string? password)
    {
        foreach (var (option, file) in ((string, string?)[])[("--certificate", Certificate), ("--certificate-key", Key)])
            if (file is not null && !File.Exists(file)) throw new InputException($"{option} {file}: there is no such file");
        try
        {
            using var loaded = Key is null ? X509CertificateLoader.LoadPkcs12FromFile(Certificate!, password)
                : password is null ? X509Certificate2.CreateFromPemFile(Certificate!, Key)
                : X509Certificate2.CreateFromEncryptedPemFile(Certificate!, password, Key);
            if (!loaded.HasPrivateKey)
                throw new InputException($"--certificate {Certificate}: the file has no private key; add --certificate-key FILE");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InputException($"--certificate {Certificate}: {e.Message.TrimEnd('.')}; give a PFX with its password in "
                + $"{PasswordVariable} or --certificate-password-file, or a PEM with --certificate-key", e);
        }
    }
}
