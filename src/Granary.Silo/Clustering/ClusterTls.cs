using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Api.Hosting;
using Granary.Engine;
using Granary.Silo.Options;
using Granary.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Connections.Security;

namespace Granary.Silo.Clustering;

/// <summary>
/// TLS of connections between silos and from Orleans clients. Both ends show a certificate that one of the cluster's authorities issued.
/// Names in certificates are not compared, since silos connect to addresses.
/// </summary>
internal sealed class ClusterTls
{
    // Orleans passes no server name, but a TLS handshake needs one.
    private const string ServerName = "granary";

    private readonly CertificateFiles _files;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly Lock _reading = new();
    private X509Certificate2 _current;
    private DateTime _written;

    /// <param name="authority">A PEM file with one certificate or several.</param>
    /// <exception cref="InputException">A file is missing or wrong.</exception>
    public ClusterTls(CertificateFiles files, string authority)
    {
        _files = files;
        (_written, _current) = (Written(), files.Load());
        if (!File.Exists(authority)) throw new InputException($"--cluster-authority {authority}: there is no such file");
        try
        {
            _authorities.ImportFromPemFile(authority);
        }
        catch (CryptographicException e)
        {
            throw new InputException($"--cluster-authority {authority}: {e.Message.TrimEnd('.')}; give certificates in PEM", e);
        }
        if (_authorities.Count == 0)
            throw new InputException($"--cluster-authority {authority}: the file has no certificate; give certificates in PEM");
        if (!IsTrusted(_current))
            throw new InputException($"--cluster-certificate {files.Certificate}: it is not valid now, or no authority of "
                + $"--cluster-authority {authority} issued it; give one that the other silos accept");
    }

    /// <summary>Creates the TLS of a silo from its settings; null if they name no cluster certificate.</summary>
    /// <exception cref="InputException">A file is missing or wrong.</exception>
    public static ClusterTls? Of(SiloSettings settings) => settings.ClusterCertificate is null ? null
        : new ClusterTls(new CertificateFiles(settings.ClusterCertificate, settings.ClusterCertificateKey,
            settings.ClusterCertificatePasswordFile)
        { Option = "cluster-certificate" }, settings.ClusterAuthority!);

    /// <summary>Logger for faults of changed certificate files. Discards them until the host is built and sets it.</summary>
    public ILogger Log { get; set; } = NullLogger.Instance;

    /// <summary>Sets the TLS options of a silo or of an Orleans client; pass it to <c>UseTls</c>.</summary>
    public void Configure(TlsOptions options)
    {
        options.LocalCertificate = _current;
        options.LocalServerCertificateSelector = (_, _) => Current();
        options.LocalClientCertificateSelector = (_, _, _, _, _) => Current();
        options.RemoteCertificateMode = options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => IsTrusted(certificate);
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = ServerName;
    }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    // After the files change, new connections use the new certificate. While a file is half written, they use the old one.
    private X509Certificate2 Current()
    {
        lock (_reading)
        {
            try
            {
                if (Written() is var written && written != _written) (_current, _written) = (_files.Load(), written);
            }
            catch (Exception e) when (e is InputException or IOException)
            {
                Log.LogWarning("New connections between silos keep the certificate that they had, and the next one reads the files again: "
                    + "{Fault}", e.Message);
            }
            return _current;
        }
    }

    private DateTime Written()
    {
        var certificate = WrittenAt(_files.Certificate!);
        return _files.Key is null || WrittenAt(_files.Key) is var key && key <= certificate ? certificate : key;
    }

    private static DateTime WrittenAt(string path) => LinkedFile.Of(new FileInfo(path)).LastWriteTimeUtc;
}
