using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>One product for the tests that only look and press; on the tests' server.</summary>
public sealed class RunningProduct(MongoFixture mongo) : IAsyncLifetime
{
    private ProductFolder? _folder;
    private ProductProcess? _process;

    public ProductFolder Folder => _folder ?? throw new InvalidOperationException("The product has not been started.");

    public ProductProcess Process => _process ?? throw new InvalidOperationException("The product has not been started.");

    public async ValueTask InitializeAsync()
    {
        _folder = new ProductFolder();
        _process = await ProductProcess.ServeAsync(_folder, mongo.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        if (_folder is not null)
            await _folder.DisposeAsync();
    }
}
