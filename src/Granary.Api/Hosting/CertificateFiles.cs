using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace Granary.Api.Hosting;

/// <summary>
/// A certificate in files. For a server's https addresses, Kestrel loads it through its configuration and reloads it when a file changes.
/// New connections then use the new certificate.
/// </summary>
/// <param name="Certificate">A PFX file, or a PEM file with the certificate and its chain; null for none.</param>
/// <param name="Key">The PEM file of the private key; null if <paramref name="Certificate"/> contains the key.</param>
/// <param name="PasswordFile">A file with the password of the key; null for the variable <see cref="PasswordVariable"/>, or none.</param>
internal sealed record CertificateFiles(string? Certificate, string? Key, string? PasswordFile)
{
    /// <summary>The option that names the certificate; the options of key and password file begin with it.</summary>
    public string Option { get; init; } = "certificate";

    /// <summary>The environment variable that has the password of the key.</summary>
    public string PasswordVariable => $"GRANARY_{Option.ToUpperInvariant().Replace('-', '_')}_PASSWORD";

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
        // Kestrel's own error would come after the start of the rest of the server, and would not name the option.
        Load().Dispose();
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            [Section + "Path"] = Path.GetFullPath(Certificate),
            [Section + "KeyPath"] = Key is null ? null : Path.GetFullPath(Key),
            [Section + "Password"] = Password(),
        };
        // Kestrel reads certificates again for addresses that its own section has.
        for (var i = 0; i < addresses.Length; i++) values[$"Kestrel:Endpoints:Address{i}:Url"] = addresses[i];
        builder.Configuration.AddInMemoryCollection(values);
    }

    /// <summary>Reads the certificate with its private key.</summary>
    /// <exception cref="InputException">A file is missing or wrong.</exception>
    public X509Certificate2 Load()
    {
        foreach (var (option, file) in ((string, string?)[])[(Option, Certificate), (Option + "-key", Key)])
            if (file is not null && !File.Exists(file)) throw new InputException($"--{option} {file}: there is no such file");
        var password = Password();
        try
        {
            var loaded = Key is null ? X509CertificateLoader.LoadPkcs12FromFile(Certificate!, password)
                : password is null ? X509Certificate2.CreateFromPemFile(Certificate!, Key)
                : X509Certificate2.CreateFromEncryptedPemFile(Certificate!, password, Key);
            if (loaded.HasPrivateKey) return loaded;
            loaded.Dispose();
            throw new InputException($"--{Option} {Certificate}: the file has no private key; add --{Option}-key FILE");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InputException($"--{Option} {Certificate}: {e.Message.TrimEnd('.')}; give a PFX with its password in "
                + $"{PasswordVariable} or --{Option}-password-file, or a PEM with --{Option}-key", e);
        }
    }

    private string? Password()
    {
        if (PasswordFile is null) return Environment.GetEnvironmentVariable(PasswordVariable);
        return File.Exists(PasswordFile) ? File.ReadAllText(PasswordFile).TrimEnd('\r', '\n')
            : throw new InputException($"--{Option}-password-file {PasswordFile}: there is no such file");
    }
}
