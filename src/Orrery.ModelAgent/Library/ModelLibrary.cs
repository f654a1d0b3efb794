using System.Collections.Immutable;
using System.Text.Json;

namespace Orrery.ModelAgent.Library;

/// <summary>
/// The files of models on this machine.
/// <code>
///   blobs/ab/abcd…                        each content once, under its SHA-256, read-only
///   versions/OWNER/KEY/record.json        what the version is
///   versions/OWNER/KEY/files/…            its files: hard links to blobs
///   partial/                              files on their way
///   staging/                              versions that are being put together; renamed to their place in whole
/// </code>
/// A blob goes with the last version that names it; one that no version names yet stays a while, for the download that made it and was interrupted.
/// What is here is in memory too; one process owns the folder.
/// </summary>
internal sealed class ModelLibrary
{
    /// <summary>How long what an interrupted download left is kept for it.</summary>
    private static readonly TimeSpan LeftoversKept = TimeSpan.FromDays(7);

    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = [];
    private ImmutableDictionary<(string Owner, string Key), VersionRecord> _versions;

    /// <summary>Clears what a process that was killed left half done.</summary>
    public ModelLibrary(string root, TimeProvider time)
    {
        _root = root;
        foreach (string folder in (ReadOnlySpan<string>)["blobs", "versions", "partial", "staging"])
            Directory.CreateDirectory(At(folder), OwnerOnly);
        foreach (string left in Directory.GetDirectories(At("staging")))
            Directory.Delete(left, recursive: true);
        _versions = Read().ToImmutableDictionary(v => (v.Owner, v.Key));
        ClearLeftovers(time.GetUtcNow());
    }

    public string Root => _root;

    public IReadOnlyList<VersionRecord> Versions => [.. Volatile.Read(ref _versions).Values];

    public VersionRecord? Find(string owner, string key) => Volatile.Read(ref _versions).GetValueOrDefault((owner, key));

    /// <summary>Whether the content is here with its length; the bytes are not read. One that was cut short is as good as none.</summary>
    public bool Has(string sha256, long bytes) => new FileInfo(BlobPath(sha256)) is { Exists: true } blob && blob.Length == bytes;

    /// <summary>Where a file on its way lies, without ending.</summary>
    public string PartialStem(string name) => At("partial", name);

    /// <summary>Absolute path of what engines open.</summary>
    public string EntryPath(VersionRecord version) => version.Entry.Length == 0 ? FilesOf(version) : Path.Combine(FilesOf(version), version.Entry);

    public string PathOf(VersionRecord version, RecordedFile file) => Path.Combine(FilesOf(version), file.Path);

    /// <summary>Whether every file is there with its length; the bytes are not read.</summary>
    public bool IsWhole(VersionRecord version)
        => version.Evicted is null && version.Files.All(f => new FileInfo(PathOf(version, f)) is { Exists: true } file && file.Length == f.Bytes);

    /// <summary>Bytes of all versions' contents, each once.</summary>
    public long Bytes => Versions.Where(v => v.Evicted is null).SelectMany(v => v.Files).DistinctBy(f => f.Sha256).Sum(f => f.Bytes);

    /// <summary>Contents that downloads build on.</summary>
    public IReadOnlySet<string> Held
    {
        get
        {
            lock (_lock)
                return _held.Keys.ToHashSet();
        }
    }

    /// <summary>Makes a complete and checked file a blob.</summary>
    public void Keep(string path, string sha256)
    {
        string blob = BlobPath(sha256);
        lock (_lock)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!, OwnerOnly);
            File.SetUnixFileMode(path, ReadOnly);
            File.Move(path, blob, overwrite: true);
        }
    }

    /// <summary>Puts a version together from blobs and gives it its place in whole, instead of an earlier one of the same key.</summary>
    public void Add(VersionRecord version)
    {
        string staged = At("staging", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(staged, OwnerOnly);
        VersionRecord? before;
        lock (_lock)
        {
            before = Find(version.Owner, version.Key);
            foreach (var file in version.Files)
            {
                string path = Path.Combine(staged, "files", file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
                HardLink.Create(BlobPath(file.Sha256), path);
            }
            Directory.CreateDirectory(Path.Combine(staged, "files"), OwnerOnly);
            WriteRecord(Path.Combine(staged, "record.json"), version);
            string place = FolderOf(version.Owner, version.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!, OwnerOnly);
            if (Directory.Exists(place))
                Directory.Move(place, At("staging", $"{Path.GetFileName(staged)}.before"));
            Directory.Move(staged, place);
            _versions = _versions.SetItem((version.Owner, version.Key), version);
        }
        if (Directory.Exists($"{staged}.before"))
            Directory.Delete($"{staged}.before", recursive: true);
        DropUnused(ContentsOf(before));
    }

    /// <summary>Writes down what changed of a version; nothing where it is gone meanwhile.</summary>
    public void Update(string owner, string key, Func<VersionRecord, VersionRecord> change)
    {
        lock (_lock)
        {
            if (!_versions.TryGetValue((owner, key), out var version))
                return;
            version = change(version);
            WriteRecord(Path.Combine(FolderOf(owner, key), "record.json"), version);
            _versions = _versions.SetItem((owner, key), version);
        }
    }

    /// <summary>Its files go, and what nobody else shares of them; that it was here stays known.</summary>
    public void Evict(VersionRecord version, DateTimeOffset now)
    {
        Update(version.Owner, version.Key, v => v with { Evicted = now });
        DeleteFolder(FilesOf(version));
        DropUnused(ContentsOf(version));
    }

    /// <summary>Nothing where other files have its place meanwhile.</summary>
    /// <returns>Whether it went.</returns>
    public bool Remove(VersionRecord version)
    {
        lock (_lock)
        {
            if (!IsStill(version))
                return false;
            _versions = _versions.Remove((version.Owner, version.Key));
            DeleteFolder(FolderOf(version.Owner, version.Key));
        }
        DropUnused(ContentsOf(version));
        return true;
    }

    /// <summary>Whether the files of this record are the ones that are here; what else is written down of them may differ.</summary>
    public bool IsStill(VersionRecord version) => Find(version.Owner, version.Key) is { } now && ReferenceEquals(now.Files, version.Files);

    /// <summary>What interrupted downloads left and nobody came back for goes after a while.</summary>
    public void ClearLeftovers(DateTimeOffset now)
    {
        var oldest = now.UtcDateTime - LeftoversKept;
        foreach (string left in Directory.GetFiles(At("partial")).Where(f => File.GetLastWriteTimeUtc(f) < oldest))
            File.Delete(left);
        DropUnused([.. Directory.EnumerateFiles(At("blobs"), "*", SearchOption.AllDirectories).Where(f => File.GetLastWriteTimeUtc(f) < oldest).Select(f => Path.GetFileName(f)!)]);
    }

    /// <summary>A content that is not what its name says: no version may be made of it again.</summary>
    public void Condemn(string sha256) => File.Delete(BlobPath(sha256));

    private IEnumerable<VersionRecord> Read()
    {
        foreach (string path in Directory.EnumerateFiles(At("versions"), "record.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 }))
        {
            VersionRecord? version = null;
            try
            {
                version = JsonSerializer.Deserialize(File.ReadAllBytes(path), LibraryJson.Default.VersionRecord);
            }
            catch (JsonException)
            {
                // Not readable is not here: it is fetched again.
            }
            if (version is not null && FolderOf(version.Owner, version.Key) == Path.GetDirectoryName(path))
                yield return version;
        }
    }

    /// <summary>Deletes those of the contents that no version and no download wants.</summary>
    public void DropUnused(IReadOnlyList<string> contents)
    {
        lock (_lock)
        {
            var used = _versions.Values.Where(v => v.Evicted is null).SelectMany(v => v.Files).Select(f => f.Sha256).ToHashSet();
            foreach (string content in contents.Where(c => !used.Contains(c) && !_held.ContainsKey(c)))
                File.Delete(BlobPath(content));
        }
    }

    private static IReadOnlyList<string> ContentsOf(VersionRecord? version) => version is null ? [] : [.. version.Files.Select(f => f.Sha256)];

    /// <summary>Keeps a content, there or to come, until the lease ends: a download builds on it.</summary>
    public IDisposable Hold(string sha256)
    {
        lock (_lock)
            _held[sha256] = _held.GetValueOrDefault(sha256) + 1;
        return new Holding(this, sha256);
    }

    private sealed class Holding(ModelLibrary library, string sha256) : IDisposable
    {
        private ModelLibrary? _library = library;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _library, null) is not { } held)
                return;
            lock (held._lock)
            {
                if (--held._held[sha256] == 0)
                    held._held.Remove(sha256);
            }
        }
    }

    private static void WriteRecord(string path, VersionRecord version)
    {
        string fresh = path + ".new";
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, version, LibraryJson.Default.VersionRecord);
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string FilesOf(VersionRecord version) => Path.Combine(FolderOf(version.Owner, version.Key), "files");

    private string FolderOf(string owner, string key) => At(["versions", .. owner.Split('/'), key]);

    private string BlobPath(string sha256) => At("blobs", sha256[..2], sha256);

    private string At(params ReadOnlySpan<string> parts) => Path.Combine([_root, .. parts]);
}
